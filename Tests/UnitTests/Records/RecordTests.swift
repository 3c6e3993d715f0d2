import Records
import Testing

@Suite struct RecordTests {
  @Test(
    arguments: [
      ("0", 0, 0.0), ("-7", -7, -7), ("9223372036854775807", .max, 9.223372036854775807e18),
      ("-9223372036854775808", .min, -9.223372036854775808e18),
      ("\"9007199254740993\"", 9_007_199_254_740_993, 9_007_199_254_740_992),
      ("1.5", nil, 1.5), ("1e3", nil, 1000), ("9223372036854775808", nil, nil), ("1e999", nil, nil),
      ("-123456789012345678901234567890", nil, nil), ("\"-7\"", nil, nil), ("\"1.5\"", nil, nil), ("\"\"", nil, nil),
      ("true", nil, nil), ("null", nil, nil), ("[1]", nil, nil),
    ] as [(String, Int?, Double?)])
  func readsNumbers(json: String, integer: Int?, number: Double?) throws {
    try withRecord("{\"size\": \(json) ,\"key\":\"a\"}") { record in
      #expect(record.integer(.size) == integer)
      #expect(record.number(.size) == number)
      #expect(record.raw(.size)?.string == json)
      #expect(record.text(.key)?.string == "a")
    }
  }

  @Test func tellsKindsApart() throws {
    try withRecord(#"{"ok":true,"key":null,"url":1,"error":"e","media":false}"#) { record in
      #expect(record.boolean(.ok) == true && record.boolean(.media) == false && record.boolean(.error) == nil)
      #expect(record.has(.key) && record.text(.key) == nil && !record.has(.size))
      #expect(record.text(.url) == nil && record.text(.ok) == nil && record.raw(.size) == nil)
      #expect(throws: BadRecord("“url” is not a string")) { _ = try record.required(.url) }
      #expect(throws: BadRecord("“source” is missing")) { _ = try record.required(.source) }
      #expect(throws: BadRecord("“ok” is not an integer of 0 or more")) { _ = try record.optionalCount(.ok) }
      #expect((try? record.optionalCount(.size)) == .some(nil))
    }
    try withRecord(#"{"size":-1}"#) { record in
      #expect(throws: BadRecord.self) { _ = try record.optionalCount(.size) }
    }
  }

  @Test func unescapesAndLetsTheLastWin() throws {
    try withRecord(#"{"key":"first","\u006bey":"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u0000z","size":1,"size":"x"}"#) {
      record in
      #expect(record.text(.key)?.string == "a\"\\/\u{8}\u{C}\n\r\té😀\u{0}z")
      #expect(record.integer(.size) == nil && record.raw(.size)?.string == "\"x\"")
    }
  }

  @Test(arguments: [
    (#"{"ok":true,"key":"a"}"#, #"{"key":"a""#),
    (#"{"key":"a","ok":true}"#, #"{"key":"a""#),
    (#"{"key":"a","ok":true,"x":1}"#, #"{"key":"a","x":1"#),
    (#"{"ok":1,"status":2}"#, "{"), ("{}", "{"), (#"{ "ok" : [ "," , { "}" : 1 } ] }"#, "{"),
    (#"{"ok":1,"a":1,"ok":2,"b":2,"ok":3}"#, #"{"a":1,"b":2"#),
    (#"{ "key" : "a" , "ok":true , "x" : [ 1 , 2 ] }"#, #"{"key" : "a" ,"x" : [ 1 , 2 ] "#),
    (#"{ "key" : "a" , "x" : { "ok" : 1 } } "#, #"{ "key" : "a" , "x" : { "ok" : 1 } "#),
    (#"{"\u006fk":true,"a":1e999}"#, #"{"a":1e999"#),
    (
      #"{"a":1e999,"b":-1e999,"ok":1e999,"c":123456789012345678901}"#,
      #"{"a":1e999,"b":-1e999,"c":123456789012345678901"#
    ),
  ])
  func leavesOwnedMembersOut(line: String, body: String) throws {
    #expect(try withRecord(line, reading: [.key], owning: [.ok, .status]) { $0.body.string } == body)
  }

  @Test func keepsAllElseByteForByte() throws {
    var json = RandomJSON(seed: 1)
    for _ in 0..<2000 {
      let pool = ["ok", "status", "key", "size", "x", "y\\\"z", "é", "", "bytes"].shuffled(using: &json.random)
      let line = json.object(Array(pool.prefix(json.random.below(8))))
      let body = try withRecord(line, reading: [.key, .size], owning: [.ok, .status]) { $0.body.string }
      let wanted = try JSONValue(parsing: line).members.filter { !["ok", "status"].contains($0.name) }
      #expect(try JSONValue(parsing: body + "}") == .object(wanted), "\(line)")
      if try wanted.count == JSONValue(parsing: line).members.count, !wanted.isEmpty {
        #expect(line.hasPrefix(body + "}"), "\(line)")
      }
      for member in wanted { #expect(body.contains("\"\(member.name == "y\"z" ? "y\\\"z" : member.name)\"")) }
    }
  }

  @Test func readsTheMembersThatJanssonReads() throws {
    var json = RandomJSON(seed: 2)
    for _ in 0..<2000 {
      let line = json.object(["key", "x", "size", "url", "ok"].shuffled(using: &json.random))
      let document = try JSONValue(parsing: line)
      try withRecord(line) { record in
        for field in [Field.key, .size, .url, .ok] {
          let raw = try #require(record.raw(field))
          #expect(try JSONValue(parsing: raw) == document["\(field.name)"])
          #expect(record.text(field)?.string == document["\(field.name)"]?.string)
        }
      }
    }
  }
}
