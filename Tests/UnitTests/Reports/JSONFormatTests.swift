import Records
import Reports
import Testing

@Suite struct JSONFormatTests {
  private let schema: JSONValue

  init() throws { schema = try JSONValue(parsing: PageSchema.text) }

  @Test(arguments: SamplePages.hostile)
  func holdsTextOfAnyOriginAsItIs(text: String) throws {
    let document = try JSONValue(parsing: JSONFormat.render(SamplePages.page(of: text)))
    #expect(document["title"]?.string == text && document["introduction"] == .array([.string(text)]))
    let section = try #require(document["sections"]?.elements.first)
    #expect(section["title"]?.string == text && section["notes"] == .array([.string(text)]))
    #expect(section["rows"] == .array([.object([("name", .string(text)), ("count", .integer(1))])]))
    #expect(section["columns"]?.elements.map { $0["title"]?.string } == [text, "Count"])
    #expect(section["plots"]?.elements.map { $0["title"]?.string } == [text, text, text])
    let figures = JSONValue.array([.object([("name", .string(text)), ("value", .string(text))])])
    #expect(section["advice"]?.elements.first?["figures"] == figures)
    let checks = try #require(document["checks"]?.elements)
    #expect(checks.map { $0["ok"] } == [.boolean(false), .boolean(true)])
    #expect(checks.map { $0["failure"] } == [.string(text), nil])
    #expect(violations(of: document, schema) == [])
  }

  @Test func plotsAreData() throws {
    let page = SamplePages.page(
      .distribution(
        .init(title: "D", unit: .bytes, curves: [("all", [(1024, 0.5), (2048, 1)])], marks: [("p50", 1024)])),
      .timeline(
        .init(
          title: "T", start: Timestamp(milliseconds: 0), intervalSeconds: 0.5,
          series: [("r", .perSecond, .good, [1.5, nil])])),
      .bars(
        .init(
          title: "B", layout: .stackedShares, unit: .count, categories: ["a", "b"], series: [("s", .bad, [1, .nan])])))
    #expect(
      JSONFormat.render(page) == """
        {"title":"Plots","introduction":[],"sections":[
         {"title":"Plots","notes":[],"plots":[
          {"kind":"distribution","title":"D","unit":"bytes","curves":[{"name":"all","points":[[1024,0.5],[2048,1]]}],\
        "marks":[{"name":"p50","value":1024}]},
          {"kind":"timeline","title":"T","start":"1970-01-01T00:00:00.000Z","interval_seconds":0.5,\
        "series":[{"name":"r","unit":"per_second","values":[1.5,null]}]},
          {"kind":"bars","title":"B","layout":"stacked_shares","unit":"count","categories":["a","b"],\
        "series":[{"name":"s","values":[1,null]}]}],"advice":[],"columns":[],"rows":[]}],"checks":[]}

        """)
  }

  @Test func emptyPagesAreWhole() throws {
    let document = try JSONValue(parsing: JSONFormat.render(Page(title: "T")))
    #expect(violations(of: document, schema) == [] && document["sections"] == .array([]))
  }

  @Test func schemaKnowsAllKinds() throws {
    let definitions = try #require(schema["$defs"])
    let choices = { (value: JSONValue?) in value?["enum"]?.elements.compactMap(\.string) }
    #expect(choices(definitions["unit"]) == Page.Unit.allCases.map(\.rawValue))
    #expect(choices(definitions["bars"]?["properties"]?["layout"]) == Page.Bars.Layout.allCases.map(\.rawValue))
    #expect(choices(definitions["advice"]?["properties"]?["level"]) == Page.Advice.Level.allCases.map(\.rawValue))
    for unit in Page.Unit.allCases {
      for value in [0, 1.5, 1e17, 1e300, .nan] {
        let bars = Page.Bars(
          title: "B", layout: .stacked, unit: unit, categories: ["a"], series: [("s", .neutral, [value])])
        var page = SamplePages.page(.bars(bars))
        page.sections[0].columns = [.init("V", "v")]
        page.sections[0].rows = [[unit.cell(value)], [.none], [.flag(true)]]
        #expect(violations(of: try JSONValue(parsing: JSONFormat.render(page)), schema) == [])
      }
    }
  }

  @Test(arguments: [
    "[]", "{}", #"{"title":1,"introduction":[],"sections":[],"checks":[]}"#,
    #"{"title":"","introduction":[],"sections":[],"checks":[],"more":1}"#,
    #"{"title":"","introduction":[1],"sections":[],"checks":[]}"#,
  ])
  func schemaRefusesOtherDocuments(text: String) throws {
    #expect(violations(of: try JSONValue(parsing: text), schema) != [])
  }

  @Test(arguments: [
    #"{"title":""}"#, #"{"title":"","notes":[],"plots":[{"kind":"x"}],"advice":[],"columns":[],"rows":[]}"#,
    #"{"title":"","notes":[],"plots":[],"advice":[],"columns":[],"rows":[{"a":[]}]}"#,
  ])
  func schemaRefusesOtherSections(text: String) throws {
    let document = "{\"title\":\"\",\"introduction\":[],\"sections\":[\(text)],\"checks\":[]}"
    #expect(violations(of: try JSONValue(parsing: document), schema) != [])
  }

  // MARK: As much of JSON Schema as the pages' schema uses

  private func violations(of value: JSONValue, _ rule: JSONValue, at place: String = "") -> [String] {
    if let reference = rule["$ref"]?.string, let name = reference.split(separator: "/").last {
      guard let definition = schema["$defs"]?[String(name)] else { return ["\(place): no \(reference)"] }
      return violations(of: value, definition, at: place)
    }
    if let choices = rule["oneOf"]?.elements {
      let fitting = choices.count { violations(of: value, $0, at: place).isEmpty }
      return fitting == 1 ? [] : ["\(place): fits \(fitting) of its choices"]
    }
    var found: [String] = []
    if let type = rule["type"] {
      let types = type.string.map { [$0] } ?? type.elements.compactMap(\.string)
      if !types.contains(value.type) { found.append("\(place): a \(value.type)") }
    }
    if let choices = rule["enum"]?.elements, !choices.contains(value) { found.append("\(place): not of the list") }
    let size = value.elements.count
    if let least = rule["minItems"]?.integer, size < least { found.append("\(place): \(size) items") }
    if let most = rule["maxItems"]?.integer, size > most { found.append("\(place): \(size) items") }
    for (i, element) in value.elements.enumerated() {
      if let items = rule["items"] { found += violations(of: element, items, at: "\(place)/\(i)") }
    }
    for name in rule["required"]?.elements.compactMap(\.string) ?? [] where value[name] == nil {
      found.append("\(place): no \(name)")
    }
    for member in value.members {
      if let property = rule["properties"]?[member.name] ?? rule["additionalProperties"] {
        if property == .boolean(false) { found.append("\(place): has \(member.name)") }
        found += violations(of: member.value, property, at: "\(place)/\(member.name)")
      }
    }
    return found
  }
}

extension JSONValue {
  fileprivate var type: String {
    switch self {
    case .null: "null"
    case .boolean: "boolean"
    case .integer, .real: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
