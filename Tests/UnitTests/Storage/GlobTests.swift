import Records
import Storage
import Testing

@Suite struct GlobTests {
  @Test(arguments: [
    ("*.mp4", "a.mp4"), ("*.mp4", "d/e/a.mp4"), ("a*", "d/abc"), ("*", "a/b"), ("?.jpg", "d/é.jpg"), ("?.jpg", "日.jpg"),
    ("/a.mp4", "a.mp4"), ("d/*.mp4", "d/a.mp4"), ("d/**", "d/e/f"), ("d/**", "d/"), ("**/a.mp4", "a.mp4"),
    ("**/a.mp4", "d/e/a.mp4"),
    ("d/**/a", "d/a"), ("d/**/a", "d/x/y/a"), ("**/d/**", "x/d/y/z"), ("**", "a/b/c"), ("a**", "abc"),
    ("d/**.mp4", "d/e/f.mp4"),
    ("[abc].jpg", "b.jpg"), ("[a-c]x", "bx"), ("[!a-c]x", "dx"), ("[^a-c]x", "dx"), ("[]]", "]"), ("[!]]", "a"),
    ("[a-]", "-"),
    ("[-a]", "-"), ("[]-a]", "^"), ("[a", "[a"), ("a[", "a["), ("\\*", "*"), ("\\[a]", "[a]"), ("a\\", "a\\"),
    ("[*?]", "?"), ("*a*a*a", "aaaa"),
    ("", ""), ("d/?/f", "d/e/f"), ("*.tar.gz", "a.b.tar.gz"), ("{a,b}", "{a,b}"), ("**/*", "a"), ("*/*", "a/b"),
  ])
  func matches(pattern: String, key: String) { #expect(lend(key) { Glob(pattern).matches($0) }) }

  @Test(arguments: [
    ("*.mp4", "a.mp4x"), ("*.mp4", "mp4"), ("*.mp4", "a.MP4"), ("a", "ab"), ("a", "a/b"), ("/a.mp4", "d/a.mp4"),
    ("d/*", "d/e/f"),
    ("d/*", "x/d/e"), ("*/f", "d/e/f"), ("?", ""), ("?", "ab"), ("d?e", "d/e"), ("d[/]e", "d/e"), ("d[!a]e", "d/e"),
    ("d/**", "d"),
    ("**/a", "ba"), ("d/**/a", "d/xa"), ("d/**/a", "dx/a"), ("[a-c]", "d"), ("[!a-c]", "b"), ("[c-a]", "b"),
    ("\\*", "a"), ("*a*a*a", "aa"),
    ("", "a"), ("a*b", "ab/b"), ("x/**/y/**/z", "x/z/y"),
  ])
  func doesNotMatch(pattern: String, key: String) { #expect(!lend(key) { Glob(pattern).matches($0) }) }

  @Test func agreesWithASimpleMatcher() {
    var random = Seeded(11)
    let pieces = ["a", "b", "*", "?", "[ab]", "[!a]", "/", "/**/", "**", "*/"]
    var matched = 0
    for _ in 0..<60_000 {
      var pattern =
        (random.below(4) == 0 ? "**/" : "") + (0..<random.below(7)).map { _ in random.pick(pieces) }.joined()
      pattern = pattern.replacingRuns()
      let key = (0..<random.below(9)).map { _ in random.pick(["a", "b", "c", "/"]) }.joined()
      let expected = Reference(pattern).matches(key)
      matched += expected ? 1 : 0
      #expect(lend(key) { Glob(pattern).matches($0) } == expected, "\(pattern) on \(key)")
    }
    #expect(matched > 2000)
  }

  @Test func manyStarsTakeNoTime() {
    let pattern = String(repeating: "*a", count: 50) + "/" + String(repeating: "**b", count: 50)
    let key = String(repeating: "a", count: 5000) + "/" + String(repeating: "b", count: 40) + "c"
    #expect(!lend(key) { Glob(pattern).matches($0) })
  }
}

extension String {
  /// Without three stars in a row and without `**/` behind anything but a slash, whose meaning is left open.
  fileprivate func replacingRuns() -> String {
    var out: [Character] = []
    for character in self {
      if character == "*", out.suffix(2) == ["*", "*"] { continue }
      if character == "/", out.suffix(2) == ["*", "*"], out.count > 2, out[out.count - 3] != "/" { continue }
      out.append(character)
    }
    return String(out)
  }
}

/// The same language, tried in all ways.
private struct Reference {
  let pattern: [Character]
  let isForWholeKey: Bool

  init(_ text: String) {
    isForWholeKey = text.contains("/")
    pattern = Array(text.hasPrefix("/") ? text.dropFirst() : text[...])
  }

  func matches(_ key: String) -> Bool {
    let text =
      isForWholeKey
      ? key[...] : key[key.index(key.startIndex, offsetBy: key.count - key.reversed().prefix { $0 != "/" }.count)...]
    return matches(pattern[...], Array(text)[...])
  }

  private func matches(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if pattern.starts(with: "**/") {
      let rest = pattern.dropFirst(3)
      return matches(rest, text) || text.indices.contains { text[$0] == "/" && matches(rest, text[($0 + 1)...]) }
    }
    if pattern.starts(with: "**") {
      return (text.startIndex...text.endIndex).contains { matches(pattern.dropFirst(2), text[$0...]) }
    }
    if first == "*" {
      let end = text.firstIndex(of: "/") ?? text.endIndex
      return (text.startIndex...end).contains { matches(pattern.dropFirst(), text[$0...]) }
    }
    guard let next = text.first else { return false }
    if pattern.starts(with: "[ab]") { return "ab".contains(next) && matches(pattern.dropFirst(4), text.dropFirst()) }
    if pattern.starts(with: "[!a]") { return !"a/".contains(next) && matches(pattern.dropFirst(4), text.dropFirst()) }
    return (first == "?" ? next != "/" : first == next) && matches(pattern.dropFirst(), text.dropFirst())
  }
}
