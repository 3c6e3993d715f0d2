import Records
import Testing

@Suite struct JSONValueTests {
  @Test func readsEachKind() throws {
    let value = try JSONValue(parsing: #"{"a":[null,true,1,-1.5,"x\u0000y"],"b":{"c":"12"}}"#)
    #expect(value["a"]?.elements == [.null, .boolean(true), .integer(1), .real(-1.5), .string("x\u{0}y")])
    #expect(value["b"]?["c"]?.integer == 12 && value["b"]?["c"]?.number == 12 && value["z"] == nil)
    #expect(value.members.map(\.name) == ["a", "b"] && value["a"]?.members.isEmpty == true)
    #expect(try JSONValue(parsing: "7").number == 7 && JSONValue(parsing: "\"t\"").string == "t")
  }

  @Test func keepsTheOrderOfMembers() throws {
    let names = (0..<200).map { "n\($0 * 7919 % 200)" }
    let text = "{" + names.map { "\"\($0)\":1" }.joined(separator: ",") + "}"
    #expect(try JSONValue(parsing: text).members.map(\.name) == names)
  }

  @Test(arguments: ["", " ", "{", "{\"a\":1,}", "{\"a\":1}x", "{\"a\":1,\"a\":2}", "[01]", "nul", "\"\u{1}\"", "1e999"])
  func refusesWhatIsNotJSON(text: String) throws {
    let error = #expect(throws: BadRecord.self) { try JSONValue(parsing: text) }
    #expect(error?.reason.hasPrefix("not valid JSON: ") == true)
  }

  @Test func differsWhereDocumentsDo() throws {
    let documents = [
      "null", "true", "false", "1", "1.0", "\"1\"", "[1]", "[1,1]", "{}", #"{"a":1}"#, #"{"a":2}"#, #"{"b":1}"#,
    ]
    for (i, a) in documents.enumerated() {
      for (j, b) in documents.enumerated() {
        #expect(try (JSONValue(parsing: a) == JSONValue(parsing: b)) == (i == j))
      }
    }
  }
}
