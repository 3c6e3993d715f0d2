import Testing
import Toolkit

@testable import Storage

@Suite struct CredentialsFileTests {
  private func parse(_ text: String) throws -> [String: INIFile.Section] {
    try INIFile(parsing: Array(text.utf8), path: "config").sections
  }

  private func problem(_ text: [UInt8]) -> String? {
    do throws(Failure) {
      _ = try INIFile(parsing: text, path: "config")
      return nil
    } catch {
      return error.message
    }
  }

  @Test func readsNamesAndValues() throws {
    let text =
      "\u{FEFF}# comment\n[default]\r\nRegion = eu-west-1\n\n  ; comment\nkey: a = b # kept\rempty =\n[profile x] ; y\na=1\n"
    #expect(
      try parse(text) == [
        "default": ["region": .text("eu-west-1"), "key": .text("a = b # kept"), "empty": .text("")],
        "profile x": ["a": .text("1")],
      ])
  }

  @Test func indentedLinesGoOn() throws {
    let text = "[a]\ns3 =\n  addressing_style = path\n\n  # comment\n\tx =  y = z\nlong = 1\n 2\n\n 3\n\nnext = 4\n"
    #expect(
      try parse(text) == [
        "a": [
          "s3": .block(["addressing_style": "path", "x": "y = z"]), "long": .text("1\n2\n\n3"), "next": .text("4"),
        ]
      ])
  }

  @Test func theFirstOfASectionMayBeIndented() throws {
    #expect(
      try parse("  [a]\n  b = 1\n  c = 2\n[d]\ne = 3") == [
        "a": ["b": .text("1"), "c": .text("2")], "d": ["e": .text("3")],
      ])
  }

  @Test func defaultsHoldForAll() throws {
    #expect(try parse("[DEFAULT]\na = 1\nb = 2\n[x]\nb = 3") == ["x": ["a": .text("1"), "b": .text("3")]])
  }

  @Test(arguments: [
    ("a = secret", "config:1: no [section] stands above this line"),
    ("[a]\nsecret", "config:2: neither [section] nor name = value"),
    ("[a]\n\n= secret", "config:3: no name before the value"),
    ("[a]\nb=secret\nB=secret", "config:3: b is there twice in [a]"),
    ("[a]\n[b]\n[a]", "config:3: the section [a] is there twice"),
    ("[a]\nb =\n  c = 1\n  secret", "config:2: what is indented below, line 2 without comments, is no name = value"),
    ("[]\n", "config:1: no [section] stands above this line"),
  ])
  func namesBadLinesWithoutTheirText(text: String, reason: String) { #expect(problem(Array(text.utf8)) == reason) }

  @Test func refusesWhatIsNoText() { #expect(problem([0x5B, 0xFF, 0x5D]) == "config: not valid UTF-8") }

  @Test(arguments: [
    ("a b", ["a", "b"]), (" a\t 'b c' ", ["a", "b c"]), ("a\"b c\"d", ["ab cd"]), ("''", [""]), ("a\\ b", ["a b"]),
    ("\"a\\\"b\\c\"", ["a\"b\\c"]), ("'a\\'", ["a\\"]), ("", []),
  ])
  func splitsWords(line: String, words: [String]) { #expect(shellWords(line) == words) }

  @Test(arguments: ["'a", "\"a", "a\\"]) func wordsNeedTheirEnds(line: String) { #expect(shellWords(line) == nil) }

  @Test func readsElements() {
    let text = "<?xml version='1.0'?><r xmlns:x='u'><x:A> 1 &amp; 2 </x:A><B><C>3</C></B><C>4</C></r>"
    let found = xmlElements(Array(text.utf8))
    #expect(found["A"] == "1 & 2")
    #expect(found["C"] == "3")
  }

  @Test(arguments: ["", "<a>", "<a></b>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a><A>&b;</A></a>", "{}", "<a>\u{0}</a>"])
  func whatIsNoXMLHasNoElements(text: String) { #expect(xmlElements(Array(text.utf8)).isEmpty) }

  @Test func anyBytesAreRead() {
    var random = Seeded(5)
    let pieces = [
      "[", "]", "a", "b", "=", ":", "\n", "\r", " ", "\t", "#", ";", "\u{0}", "é", "DEFAULT", "\\", "\"", "'",
    ]
    for _ in 0..<3000 {
      let text = (0..<random.below(40)).map { _ in random.pick(pieces) }.joined()
      _ = problem(Array(text.utf8))
      _ = shellWords(text)
      _ = xmlElements(Array("<a>\(text)".utf8))
      let bytes = (0..<random.below(40)).map { _ in UInt8.random(in: 0...255, using: &random) }
      _ = problem(bytes)
      _ = xmlElements(bytes)
    }
  }

  @Test(arguments: [
    "2026-03-01T12:00:00Z", "2026-03-01T12:00:00UTC", "2026-03-01T12:00:00+0000", "2026-03-01T13:00:00+01:00",
  ])
  func readsTimes(text: String) throws {
    #expect(try expirationTime(text, from: "test").milliseconds == 1_772_366_400_000)
  }

  @Test(arguments: ["", "soon", "2026-03-01T12:00:00", "1772366400"]) func refusesOtherTimes(text: String) {
    #expect(throws: Failure.self) { try expirationTime(text, from: "test") }
  }

  @Test func hashesNames() { #expect(sha1("my-sso") == "0ad374308c5a4e22f723adf10145eafad7c4031c") }
}
