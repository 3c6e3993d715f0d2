import Glibc
import Records
import Testing
import Toolkit

@testable import Comparison

@Suite struct ExportTests {
  private static let listed = [
    #"{"name":"video:a.mp4:derivative=mobile","expiration":1760000000,"metadata":{"contentLength":100}}"#,
    #"{"name":"video:b.mp4","metadata":null}"#, #"{"name":"x, \"]}[{\\","metadata":{"a":[1,{"b":"]"}]}}"#,
  ]
  private static let found = ["video:a.mp4:derivative=mobile 1760000000 100", "video:b.mp4 - -", #"x, "]}[{\ - -"#]

  private static var forms: [String] {
    let compact = "[\(listed.joined(separator: ","))]"
    let pretty = "[\n" + listed.map { "  " + indented($0) }.joined(separator: ",\n") + "\n]\n"
    return [
      compact, pretty, "\u{FEFF}" + pretty, listed.joined(separator: "\n") + "\n", listed.joined(separator: "\r\n"),
      "\u{FEFF}" + listed.joined(separator: "\n\n"), listed.joined(separator: " "),
      "[\(listed[0])]\n[]\n[\(listed[1]),\(listed[2])]", #"{"result":\#(compact),"success":true,"errors":[]}"#,
      #"{"result":[\#(listed[0])],"success":true}\#n{"result":[\#(listed[1]),\#(listed[2])],"success":true}"#,
      "{\n  \"success\": true,\n  \"result\": \(pretty)}\n", "[\n\(listed.joined(separator: "\n,\n"))\n]",
      listed.map(indented).joined(separator: "\n"),
    ]
  }

  /// As pretty printers break lines.
  private static func indented(_ object: String) -> String {
    "{\n    " + object.dropFirst().dropLast() + "\n  }"
  }

  @Test(arguments: forms.indices)
  func readsEveryForm(i: Int) throws {
    let export = try read(Self.forms[i])
    #expect(export.entries == Self.found && export.diagnostics.isEmpty, "\(Self.forms[i])")
  }

  /// Chunks of any length give the same elements as the whole text.
  @Test(arguments: forms.indices)
  func doesNotDependOnChunks(i: Int) throws {
    let text = Array(Self.forms[i].utf8)
    let whole = try events(text, chunk: text.count)
    for chunk in [1, 2, 3, 7, 64] { #expect(try events(text, chunk: chunk) == whole) }
  }

  @Test(arguments: [
    (#"{"key":"a","value":"12345"}"#, "a - 5"), (#"{"key":"a","value":"é\n"}"#, "a - 3"),
    (#"{"key":"a","value":"AAEC","base64":true}"#, "a - 3"), (#"{"key":"a","value":"AA==","base64":true}"#, "a - 1"),
    (#"{"key":"a","value":"A","base64":true}"#, "a - -"), (#"{"key":"a","value":"","base64":true}"#, "a - 0"),
    (#"{"key":"a","value":"123","metadata":{"contentLength":9}}"#, "a - 9"),
    (#"{"key":"a","value":"123","metadata":{}}"#, "a - 3"), (#"{"key":"a","value":{}}"#, "a - -"),
    (#"{"key":"a","value":"x","expiration_ttl":60,"expiration":1.5e9}"#, "a 1500000000 1"),
    (#"{"name":"a","key":"b"}"#, "a - -"), (#"{"name":null,"key":"b"}"#, "b - -"),
    (#"{"name":"a","metadata":{"contentLength":9,"actualTotalVideoSize":7,"size":8}}"#, "a - 7"),
    (#"{"name":"a","metadata":{"isChunked":true,"contentLength":9}}"#, "a - -"),
    (#"{"name":"a","metadata":{"isChunked":true,"contentLength":9,"totalSize":70}}"#, "a - 70"),
    (#"{"name":"a","metadata":{"size":-1}}"#, "a - -"), (#"{"name":"a","metadata":{"size":1e300}}"#, "a - -"),
    (#"{"name":"a","metadata":{"size":1.5,"content_length":4}}"#, "a - 4"),
    (#"{"name":"a","metadata":[1]}"#, "a - -"), (#"{"name":"a","metadata":"{}","expiration":null}"#, "a - -"),
    (#"{"name":"a","expiration":-5}"#, "a -5 -"), (#"{"name":"\u0000"}"#, "\u{0} - -"),
  ])
  func readsEntries(element: String, wanted: String) throws {
    let export = try read("[\(element)]")
    #expect(export.entries == [wanted] && export.diagnostics.isEmpty, "\(export.diagnostics)")
  }

  @Test(arguments: [
    ("{}", "neither “name” nor “key” is there"), ("1", "not a JSON object"), (#""a""#, "not a JSON object"),
    ("[1]", "not a JSON object"), ("nul", "not a JSON object"), (#"{"name":1}"#, "“name” is not a string"),
    (#"{"key":["a"]}"#, "“key” is not a string"), (#"{"name":""}"#, "“name” is empty"),
    (#"{"name":"b" "c"}"#, "not valid JSON"), (#"{"name":"b"} {"name":"c"}"#, "not valid JSON"),
    (#"{"name":"b"]"#, "not valid JSON"), (#"{"name":"b"}}"#, "not valid JSON"),
    (#"{"name":"b","expiration":"soon"}"#, "“expiration” is not a time in seconds since 1970"),
    (#"{"name":"b","expiration":1e300}"#, "“expiration” is not a time in seconds since 1970"),
    (#"{"result":[{"name":"b"}]}"#, "neither “name” nor “key” is there"), (#"{"name":"\ud800"}"#, "not valid JSON"),
    ("{\"name\":\"b\n\"}", "not valid JSON"), ("{\"name\":\"b\n{\"name\":\"c\"", "not valid JSON"),
    (
      String(repeating: "[", count: 2000) + String(repeating: "]", count: 2000),
      "nested too deeply (more than 1024 levels)"
    ),
  ])
  func leavesBadElementsOut(element: String, reason: String) throws {
    let export = try read("[{\"name\":\"a\"},\n\(element),\n{\"name\":\"z\"}]")
    #expect(export.entries == ["a - -", "z - -"])
    #expect(export.diagnostics.first == "kv.json:2: element 2: \(reason)")
    #expect(export.diagnostics.count == 1 || element.contains("\n{"))
  }

  @Test func leavesNamesOfBadBytesOut() throws {
    let export = try read(Array(#"[{"name":"a"},{"name":""#.utf8) + [0xFF] + Array(#""},{"name":"z"}]"#.utf8))
    #expect(export.entries == ["a - -", "z - -"])
    #expect(export.diagnostics == ["kv.json:1: element 2: not valid UTF-8"])
  }

  @Test func recoversAtTheNextLine() throws {
    let export = try read("{\"name\":\"a\"}\n{\"name\":\"b\n{\"name\":\"c\"}\nx")
    #expect(export.entries == ["a - -", "c - -"])
    #expect(
      export.diagnostics == [
        "kv.json:2: element 2: not valid JSON", "kv.json:4: something else follows; the rest is not read",
      ])
  }

  @Test(arguments: [
    ("", 0, "1: holds neither a JSON array nor JSON objects"),
    (" \n", 0, "2: holds neither a JSON array nor JSON objects"),
    ("name\n", 0, "1: holds neither a JSON array nor JSON objects"),
    ("\u{FEFF}", 0, "1: holds neither a JSON array nor JSON objects"),
    ("[", 0, "1: torn: it ends before the end of its array"),
    (#"[{"name":"a"}"#, 1, "1: torn: it ends before the end of its array"),
    ("[{\"name\":\"a\"},\n", 1, "2: torn: it ends before the end of its array"),
    (#"[{"name":"a"},{"na"#, 1, "1: torn: it ends within an element"),
    (#"[{"name":"a"},{"name":"b""#, 1, "1: torn: it ends within an element"),
    ("{\"name\":\"a\"}\n{\"na", 1, "2: torn: it ends within an object"),
    (#"[{"name":"a"},]"#, 1, "1: an element is missing"), (#"[,{"name":"a"}]"#, 1, "1: an element is missing"),
    (#"[{"name":"a"}] x {"name":"b"}"#, 1, "1: something else follows; the rest is not read"),
    (#"{"result":null,"success":true}"#, 0, "1: element 1: neither “name” nor “key” is there"),
    ("\n" + #"{"result":[{"name":"a"}],"success":true,"result_info":{"count":1,"cursor":"b"}}"#, 1, "2: \(goesOn)"),
    (#"{"result":[],"result_info":{"cursor":"b"}} [{"name":"a"}]"#, 1, "1: \(goesOn)"),
    ("{\"x\":1,\n\"result\":[\n{\"name\":\"a\"},\n{}]}", 1, "4: element 2: neither “name” nor “key” is there"),
  ])
  func saysWhatIsWrong(text: String, entries: Int, diagnostic: String) throws {
    let export = try read(text)
    #expect(export.entries.count == entries)
    #expect(export.diagnostics == ["kv.json:\(diagnostic)"])
  }

  private static let goesOn = "the list goes on behind this answer"

  @Test(arguments: [#"{"cursor":""}"#, #"{"cursor":null}"#, "{}", "null", "[]", #"{"cursor":5}"#, #""cursor""#])
  func theLastAnswerHasNoCursor(info: String) throws {
    let export = try read(
      #"{"result":[{"name":"a"}],"result_info":{"cursor":"b"}}"# + "\n{\"result\":[],\"result_info\":\(info)}")
    #expect(export.entries == ["a - -"] && export.diagnostics.isEmpty)
  }

  @Test(arguments: [
    (#""errors":[{"code":10000,"message":"Authentication error"}],"result":null"#, "Authentication error (10000)"),
    (#""errors":[{"code":7,"message":"no"},{"message":"way"}],"result":[]"#, "no (7); way"),
    (#""errors":[{"message":"\u001b[1m"}],"result":[{"name":"a"}]"#, "\u{1B}[1m"),
    (#""errors":[]"#, "it does not say why"), (#""errors":{"a":[5]}"#, "it does not say why"),
    (#""errors":[5,{"message":5}]"#, "it does not say why"), (#""errors":[{"a":1,"a":2}]"#, "it does not say why"),
    ("\"errors\":[\(String(repeating: " ", count: 5000))]", "it does not say why"),
  ])
  func answersOfFailedRequestsAreRefused(members: String, reason: String) throws {
    do throws(Failure) {
      _ = try read(Array("\n{\"success\":false,\(members)}".utf8))
      Issue.record("it was read")
    } catch {
      #expect(error.status == .badInput)
      #expect(error.message.hasSuffix("kv.json:2: the answer of a request that failed: \(reason)"))
    }
  }

  @Test func anEntryIsNoAnswer() throws {
    #expect(try read(#"{"name":"a","success":false,"result":[]}"#).entries == ["a - -"])
    #expect(try read(#"[{"success":false}]"#).diagnostics.count == 1)
  }

  @Test func anEmptyListIsFine() throws {
    for text in ["[]", "[ \n ]", #"{"result":[]}"#] {
      let export = try read(text)
      #expect(export.entries.isEmpty && export.diagnostics.isEmpty)
    }
  }

  @Test func longElementsEndTheReading() {
    var scanner = ExportScanner(longestElement: 1000)
    lend("[{},\n{\"name\":\"" + String(repeating: "a", count: 1001)) { scanner.append($0) }
    guard case .element = scanner.next(), case .problem(let what, let line) = scanner.next() else {
      Issue.record("no problem was seen")
      return
    }
    #expect(what == "an element of more than 1000 bytes; the rest is not read" && line == 2)
    #expect(scanner.next() == nil && scanner.finish() == nil)
  }

  @Test func longNamesAreRead() throws {
    let name = String(repeating: "n", count: 1 << 20)
    #expect(try read("[{\"name\":\"\(name)\"}]").entries == ["\(name) - -"])
  }

  @Test(arguments: ["/nonexistent/kv.json", "/"])
  func saysWhatCannotBeRead(path: String) {
    do throws(Failure) {
      try ExportReader(path: path) { _ in }.read { _ in }
      Issue.record("\(path) was read")
    } catch {
      #expect(error.status == .noInput && error.message.contains(path))
    }
  }

  /// Damaged exports: nothing traps, and what is reported is bounded by what is there.
  @Test func anyDamageIsTaken() throws {
    var random = Seeded(7)
    for form in Self.forms {
      for _ in 0..<60 {
        var bytes = Array(form.utf8)
        for _ in 0...random.below(3) {
          let place = random.below(bytes.count)
          switch random.below(3) {
          case 0: bytes.remove(at: place)
          case 1: bytes[place] = random.pick(Array("[]{}\",:\\\n x0".utf8))
          default: bytes = Array(bytes.prefix(max(place, 1)))
          }
        }
        let export = try read(bytes)
        #expect(export.entries.count + export.diagnostics.count <= bytes.count + 1)
      }
    }
  }

  private func read(_ text: String) throws -> (entries: [String], diagnostics: [String]) { try read(Array(text.utf8)) }

  private func read(_ bytes: [UInt8]) throws(Failure) -> (entries: [String], diagnostics: [String]) {
    let folder = TemporaryFolder()
    folder.write("kv.json", bytes)
    var entries: [String] = []
    var diagnostics: [String] = []
    try ExportReader(path: folder.file("kv.json")) { diagnostics.append($0) }.read { entry in
      let numbers = [entry.expiration, entry.size].map { $0.map { "\($0)" } ?? "-" }
      entries.append("\(entry.name.string) \(numbers.joined(separator: " "))")
    }
    return (entries, diagnostics.map { "kv.json" + $0.dropFirst(folder.file("kv.json").count) })
  }

  /// What the scanner finds where a pipe gives `chunk` bytes at a time.
  private func events(_ text: [UInt8], chunk: Int) throws -> [String] {
    var scanner = ExportScanner()
    var found: [String] = []
    func take(_ event: ExportScanner.Event) {
      switch event {
      case .element(let text, let line, let isOfArray): found.append("\(line) \(isOfArray) \(text.string)")
      case .problem(let what, let line): found.append("\(line) \(what)")
      }
    }
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    for start in stride(from: 0, to: text.count, by: chunk) {
      let part = Array(text[start..<min(start + chunk, text.count)])
      try #require(write(ends[1], part, part.count) == part.count)
      #expect(scanner.fill(from: ends[0]) == .data)
      while let event = scanner.next() { take(event) }
    }
    close(ends[1])
    #expect(scanner.fill(from: ends[0]) == .end)
    while let event = scanner.finish() { take(event) }
    return found
  }
}
