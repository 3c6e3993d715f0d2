import Testing

@testable import Toolkit

@Suite struct SettingsFileTests {
  private let folder = TemporaryFolder()

  @Test func readsEachForm() throws {
    let settings = try read(
      """
      # a comment
      workers: 500
      base_url: https://cdn.example.com/   # behind a value
      "user-agent": 'it''s "me"'
      extensions: [jpg, "png", 'a b']
      include:
        - "*.mp4"
        - a/**
      summary: |
        two
        lines
      quiet: yes
      empty:
      accept: &anchored !!str 12
      """)
    let expected: [(String, [String], Int)] = [
      ("workers", ["500"], 2), ("base-url", ["https://cdn.example.com/"], 3), ("user-agent", ["it's \"me\""], 4),
      ("extensions", ["jpg", "png", "a b"], 5), ("include", ["*.mp4", "a/**"], 6), ("summary", ["two\nlines\n"], 9),
      ("quiet", ["yes"], 12), ("empty", [""], 13), ("accept", ["12"], 14),
    ]
    #expect(settings.map(\.name) == expected.map(\.0))
    #expect(settings.map(\.values) == expected.map(\.1))
    #expect(settings.map(\.place) == expected.map { "\(folder.file("c.yaml")):\($0.2)" })
  }

  @Test(arguments: ["", "# only a comment\n", "---\n", "{}", "--- {}\n...\n", "\u{FEFF}"])
  func nothingIsNothing(text: String) throws { #expect(try read(text).isEmpty) }

  @Test(arguments: [
    ("a: 1\nb:\n  c: 2\n", ":2: “b” must be a value or a list of values"),
    ("a: [1, [2]]\n", ":1: “a” must be a list of plain values"),
    ("a: [{b: 1}]\n", ":1: “a” must be a list of plain values"),
    ("a: 1\na: 2\n", ":2: “a” is set twice"), ("a_b: 1\nx: 1\na-b: 2\n", ":3: “a-b” is set twice"),
    ("a: &x 1\nb: *x\n", ":2: “b” must be a value or a list of values"),
    ("- a\n", ": not a mapping of settings to values"), ("text\n", ": not a mapping of settings to values"),
    ("a: 1\n  b: 2\n", ":2: mapping values are not allowed in this context"),
    ("? [a]\n: 1\n", ": not a mapping of settings to values"), ("a: 1\n---\na: 2\n", ":3: “a” is set twice"),
  ])
  func refusesAllElse(text: String, message: String) {
    let failure = #expect(throws: Failure.self) { try read(text) }
    #expect(failure?.status == .badConfiguration)
    #expect(failure?.message == folder.file("c.yaml") + message)
  }

  @Test(arguments: ["a: [1, 2\n", "a: \"x\n", "a:\n\t- b\n", "%YAML 9\n", "a: \u{1}\n", "a: {b\n"])
  func refusesWhatIsNotYAML(text: String) {
    let failure = #expect(throws: Failure.self) { try read(text) }
    #expect(failure?.status == .badConfiguration && failure?.message.hasPrefix(folder.file("c.yaml:")) == true)
  }

  @Test func refusesWhatItCannotOpen() {
    let failure = #expect(throws: Failure.self) { try SettingsFile.read(folder.file("none.yaml")) }
    #expect(failure?.status == .badConfiguration)
    #expect(failure?.message == "cannot open \(folder.file("none.yaml")): no such file or directory")
    #expect(throws: Failure.self) { try SettingsFile.read(folder.path) }
  }

  private func read(_ text: String) throws -> [Setting] {
    folder.write("c.yaml", text)
    return try SettingsFile.read(folder.file("c.yaml"))
  }
}
