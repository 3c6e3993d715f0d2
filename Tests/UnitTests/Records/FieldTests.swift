import Measure
import Records
import Testing
import Transfer

@Suite struct FieldTests {
  @Test func tableIsInTheOrderOfTheCases() {
    #expect(Field.table.map(\.field) == Field.allCases)
    for field in Field.allCases {
      #expect(field.definition.field == field)
      #expect(Field(named: "\(field.name)") == field)
    }
    #expect(Field(named: "no_such_member") == nil)
  }

  @Test func namesAreLowerSnakeCaseWithUnits() {
    let names = Field.table.map { "\($0.name)" }
    #expect(Set(names).count == names.count)
    for (name, definition) in zip(names, Field.table) {
      let parts = name.split(separator: "_", omittingEmptySubsequences: false)
      #expect(parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { "a"..."z" ~= $0 || "0"..."9" ~= $0 } }, "\(name)")
      if case .number = definition.kind {
        #expect(["ms", "seconds", "bytes"].contains(String(parts.last ?? "")), "\(name)")
      }
      #expect(!definition.meaning.isEmpty && !definition.meaning.hasSuffix("."), "\(name)")
    }
  }

  @Test func closedListsAreTheCodesOwn() {
    #expect(Field.errors == FetchError.allCases.map(\.rawValue))
    #expect(Set(Field.cacheVerdicts).count == Field.cacheVerdicts.count)
    let verdicts = Set(sourceTable("Transfer/Resources/cache-rules.tsv").map { $0[2] })
    #expect(verdicts.isSubset(of: Field.cacheVerdicts))
    guard case .oneOf(let media) = Field.media.definition.kind else { return #expect(Bool(false)) }
    #expect(media == Media.allCases.map(\.rawValue))
  }

  @Test func eachMemberHasOneWriter() {
    let written = Field.Writer.allCases.flatMap { Field.written(by: $0) }
    #expect(written.count == Field.allCases.count && Set(written) == Set(Field.allCases))
  }

  @Test(arguments: [Field.Writer.list, .expand, .fetch])
  func schemaDescribesTheRecords(writer: Field.Writer) throws {
    let schema = try JSONValue(parsing: Schema.items(of: writer))
    let properties = try #require(schema["properties"]).members
    let required = try #require(schema["required"]).elements.compactMap(\.string)
    #expect(
      schema["$schema"]?.string == "https://json-schema.org/draft/2020-12/schema" && schema["type"]?.string == "object")
    #expect(Set(Field.written(by: writer).map { "\($0.name)" }).isSubset(of: properties.map(\.name)))
    #expect(required == Field.table.filter { $0.writer == writer && $0.isAlwaysThere }.map { "\($0.name)" })
    for property in properties {
      #expect(property.value["type"] != nil && property.value["description"]?.string?.isEmpty == false)
    }
  }

  @Test func schemaOfSummariesIsJSON() throws {
    let schema = try JSONValue(parsing: SummarySchema.text)
    let names = Set(try #require(schema["properties"]).members.map(\.name))
    #expect(names.isSuperset(of: ["record", "records", "group", "extension"]))
    #expect(names.isSuperset(of: Summary.counted.map { "\($0.name)" } + Summary.measured.map { "\($0.name)" }))
  }
}
