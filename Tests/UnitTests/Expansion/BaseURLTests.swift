import Expansion
import Testing
import Toolkit

@Suite struct BaseURLTests {
  @Test(
    arguments: [
      ("https://cdn.example.com/", "https://cdn.example.com/", nil),
      ("https://cdn.example.com", "https://cdn.example.com/", nil),
      ("HTTP://H/a", "http://H/a/", nil), ("http://h/a/b/", "http://h/a/b/", nil),
      ("http://h:8080", "http://h:8080/", nil),
      ("http://h:/x", "http://h:/x/", nil), ("http://user:pw@h:1/", "http://user:pw@h:1/", nil),
      ("http://[::1]:8080/x", "http://[::1]:8080/x/", nil),
      ("http://[::1]", "http://[::1]/", nil), ("http://h?t=1", "http://h/", "t=1"),
      ("http://h/a?t=1&u=%20", "http://h/a/", "t=1&u=%20"),
      ("http://h/?", "http://h/", nil), ("http://h/a?b/c?d", "http://h/a/", "b/c?d"),
      ("http://h/%C3%A9", "http://h/%C3%A9/", nil),
      ("http://h:65535/", "http://h:65535/", nil),
    ] as [(String, String, String?)])
  func takesWhatCanServe(text: String, prefix: String, query: String?) throws {
    let url = try BaseURL(text)
    #expect(url.prefix == prefix && url.query == query)
  }

  @Test(arguments: [
    ("", "it must begin with http:// or https://"), ("cdn.example.com", "it must begin with http:// or https://"),
    ("ftp://h/", "it must begin with http:// or https://"), ("http:/h", "it must begin with http:// or https://"),
    ("//h/", "it must begin with http:// or https://"), (" http://h/", "it must begin with http:// or https://"),
    ("http://", "it names no host"), ("http:///a", "it names no host"), ("http://?a", "it names no host"),
    ("http://:80/", "it names no host"),
    ("http://user@/", "it names no host"), ("http://h/a b", "it holds a byte that must be percent-encoded"),
    ("http://h/é", "it holds a byte that must be percent-encoded"),
    ("http://h/\"", "it holds a byte that must be percent-encoded"),
    ("http://h/\\", "it holds a byte that must be percent-encoded"),
    ("http://h/\u{7F}", "it holds a byte that must be percent-encoded"),
    ("http://h/\n", "it holds a byte that must be percent-encoded"),
    ("http://h/{a}", "it holds a byte that must be percent-encoded"),
    ("http://h/#top", "it has a fragment (#)"), ("http://h:0/", "“0” is no port"),
    ("http://h:65536/", "“65536” is no port"),
    ("http://h:x/", "“x” is no port"), ("http://h:-1/", "“-1” is no port"), ("http://a:b:c/", "“b:c” is no port"),
    ("http://[::1/", "“[” without “]”"),
    ("http://[::1]x/", "something follows “]”"), ("http://[::1]:0/", "“0” is no port"),
  ])
  func saysWhyItTakesNothingElse(text: String, why: String) {
    let failure = #expect(throws: Failure.self) { try BaseURL(text) }
    #expect(failure?.status == .usage && failure?.message == "--base-url: “\(text)” is not a usable URL: \(why)")
  }
}
