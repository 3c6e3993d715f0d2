import Records
import Testing

@Suite struct RecordParserTests {
  @Test(arguments: [
    "{}", " { } ", #"{"key":"a"}"#, "{\"key\":\"a\"}\r", #"{"a":[1,{"b":[]}],"c":{}}"#, #"{"n":1e999,"m":-1e999}"#,
    #"{"n":-123456789012345678901234567890}"#, #"{"n":1E+2,"m":-0.0}"#, #"{"":1}"#, #"{"\u0000":"\u0000"}"#,
    #"{"s":"\ud83d\ude00 \/ é"}"#, "{\"s\":\"\u{7F}\u{10FFFF}\"}", #"{"a":[1e999,{"b":18446744073709551616}]}"#,
  ])
  func takesWhatIsJSON(line: String) throws {
    let closed = try withRecord(line) { $0.body.string + "}" }
    #expect(closed.filter { !" \r".contains($0) } == line.filter { !" \r".contains($0) })
  }

  @Test(arguments: [
    ("", "an empty line"), ("[1]", "not a JSON object"), ("1", "not a JSON object"), ("\"x\"", "not a JSON object"),
    ("null", "not a JSON object"), ("plain text", "not a JSON object"), ("}", "not a JSON object"),
  ])
  func saysWhatIsNoObject(line: String, reason: String) { #expect(reasonAgainst(line) == reason) }

  @Test(arguments: [
    "{", #"{"a":1,}"#, #"{,"a":1}"#, #"{"a":01}"#, #"{"a":1.}"#, #"{"a":.5}"#, #"{"a":+1}"#, #"{"a":1e}"#, #"{"a":-}"#,
    #"{"a":NaN}"#, #"{"a":Infinity}"#, #"{"a":0x1}"#, "{'a':1}", #"{"a":1}{"b":2}"#, #"{"a":1} x"#, #"{"a" 1}"#,
    #"{"a":tru}"#, #"{"a":TRUE}"#, "{\"a\":\"\t\"}", #"{"a":"\x"}"#, #"{"a":"\u12G4"}"#, #"{"a":"\ud800"}"#,
    #"{"a":"x}"#, "{a:1}", #"{"a":1/**/}"#, #"{"a":1e999x}"#, #"{"a":1e999,}"#, #"{"a":001e999}"#, #"{"a":1.e999}"#,
    #"{"a":[1,2}"#, #"{"a":[1 2]}"#, #"{"a"}"#, #"{"a":}"#, "{\"a\":1\u{0}}", #"{"a":1]"#, #"{1:2}"#, "{\"a\":1\u{A0}}",
    #"{"a":-01234567890123456789}"#, #"{"a":12345678901234567890,"b":}"#,
  ])
  func refusesWhatIsNotJSON(line: String) { #expect(reasonAgainst(line) == "not valid JSON") }

  @Test(
    arguments: [
      [0xFF], [0xC0, 0x80], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80],
      [0xE0, 0x9F, 0xBF],
    ] as [[UInt8]])
  func refusesWhatIsNotUTF8(bytes: [UInt8]) {
    #expect(reasonAgainst(Array(#"{"a":""#.utf8) + bytes + Array(#""}"#.utf8)) == "not valid UTF-8")
  }

  @Test func limitsDepth() throws {
    func nested(_ levels: Int) -> String {
      #"{"a":"# + String(repeating: "[", count: levels - 1) + String(repeating: "]", count: levels - 1) + "}"
    }
    #expect(reasonAgainst(nested(1024)) == nil)
    #expect(reasonAgainst(nested(1025)) == "nested too deeply (more than 1024 levels)")
    #expect(reasonAgainst(nested(100_000)) == "nested too deeply (more than 1024 levels)")
  }

  @Test func isUsableAfterABadLine() throws {
    let parser = RecordParser(reading: [.key], owning: [])
    for line in [#"{"key":"a""#, #"{"key":"b"}"#, "x", #"{"size":1}"#, #"{"key":"c"}"#] {
      lend(line) { bytes in
        let key = (try? parser.parse(bytes)).flatMap { $0.text(.key)?.string }
        let expected: [String: String] = [#"{"key":"b"}"#: "b", #"{"key":"c"}"#: "c"]
        #expect(key == expected[line])
      }
    }
  }

  private func reasonAgainst(_ line: String) -> String? { reasonAgainst(Array(line.utf8)) }

  private func reasonAgainst(_ line: [UInt8]) -> String? {
    let parser = RecordParser(reading: Field.allCases, owning: [])
    return lend(line) { bytes in
      do throws(BadRecord) {
        _ = try parser.parse(bytes)
        return nil
      } catch {
        return error.reason
      }
    }
  }
}
