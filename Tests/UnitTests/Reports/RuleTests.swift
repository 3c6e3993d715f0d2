import Measure
import Records
import Reports
import Testing
import Toolkit

@Suite struct RuleTests {
  @Test func allRulesOfTheTableAreRead() {
    let rows = sourceTable("Reports/Resources/rules.tsv")
    #expect(Rule.all.map(\.name) == rows.map { $0[0] } && rows.count > Field.errors.count)
    #expect(Set(Rule.all.map(\.name)).count == rows.count)
    for rule in Rule.all {
      #expect(rule.name.allSatisfy { $0 == "_" || $0.isLowercase || $0.isNumber })
      #expect(!rule.title.hasSuffix(".") && rule.advice.hasSuffix(".") && rule.advice.count < 300, "\(rule.name)")
    }
  }

  @Test func adviceNamesOptionsThatThereAre() throws {
    let pages = try ["mt-fetch", "mt-expand"].map { try #require(readFile("\(packageRoot)/man/\($0).1")) }
    var named = 0
    for rule in Rule.all {
      for word in rule.advice.split(whereSeparator: { !($0 == "-" || $0.isLetter) }) where word.hasPrefix("--") {
        let option = String(word.dropFirst(2))
        #expect(SettingNames.all.contains(option), "\(rule.name): \(word)")
        #expect(pages.contains { $0.contains("Fl -\(option)") }, "\(rule.name): \(word)")
        named += 1
      }
    }
    #expect(named > 40)
  }

  @Test(arguments: Field.errors) func everyErrorHasARule(error: String) throws {
    let lines =
      (0..<9).map { #"{"url":"https://cdn.example.com/\#($0).jpg","ok":true,"status":200,"cache":"hit"}"# }
      + (0..<3).map { i in
        #"{"url":"https://b.example.com/\#(i).\#(i > 0 ? "webp" : "gif")","variant":"v\#(i / 2)","ok":false,"error":"\#(error)"}"#
      }
    let page = ErrorsReport(all: try summary(of: lines), groups: []).page
    let advice = try #require(page.section("Recommendations").advice.first { $0.rule == error })
    #expect(
      advice.figures.map(\.name) == [
        "count(error == \(error))", "share of requests", "most by variant", "most by host", "most by extension",
      ])
    #expect(
      advice.figures.map(\.value) == [
        .count(3), .share(0.25), .text("v0 (2 of 2)"), .text("b.example.com (3 of 3)"), .text("webp (2 of 2)"),
      ])
    let check = try #require(page.checks.first { $0.name == error })
    #expect(check.failure?.contains(advice.title) == true && check.detail == "count(error == \(error)) > 0 holds: 3")
    #expect(page.section("Recommendations").advice.map(\.rule).contains("high_error_rate"))
    #expect(page.section("Recommendations").advice.count == 2)
  }

  @Test(arguments: ["small", "medium", "large"]) func timeoutsAreToldBySize(sizeClass: String) throws {
    let line = #"{"ok":false,"error":"timeout","size_class":"\#(sizeClass)"}"#
    let fired = try rules([line, line])
    #expect(fired == ["high_error_rate", "timeout", "timeout_\(sizeClass)"].sorted())
  }

  @Test(arguments: [
    (#""cache":"uncacheable","not_warmed":"uncacheable""#, ["low_hit_ratio", "uncacheable"]),
    (#""cache":"bypass","not_warmed":"bypass""#, ["bypass", "low_hit_ratio"]),
    (#""cache":"dynamic","not_warmed":"dynamic""#, ["dynamic", "low_hit_ratio"]),
    (#""cache":"hit","not_warmed":"over_limit""#, ["over_limit"]),
    (#""cache":"hit","not_warmed":"quota_exhausted""#, ["quota_exhausted"]),
    (#""cache":"miss","not_warmed":"not_hit""#, ["low_hit_ratio", "not_hit"]),
    (#""cache":"expired""#, ["expired", "low_hit_ratio"]), (#""cache":"miss""#, ["low_hit_ratio"]),
    (#""sized":false"#, ["no_length"]), (#""vary":"origin, accept""#, ["vary_accept"]),
    (#""vary":"accept","accept":"image/webp""#, []), (#""ttfb_ms":10500"#, ["slow_first_byte"]),
    (#""cache":"unknown","sized":true,"ttfb_ms":9000"#, []),
  ])
  func otherTroubleHasRules(members: String, wanted: [String]) throws {
    #expect(try rules([#"{"ok":true,"status":200,\#(members)}"#]) == wanted)
  }

  @Test func everyReasonWhyNothingIsWarmHasARule() throws {
    for reason in Field.notWarmedReasons { #expect(Rule.all.contains { $0.name == reason }, "\(reason)") }
  }

  @Test func nothingFiresOfACleanRun() throws {
    let line =
      #"{"key":"a.jpg","url":"http://h/a.jpg","variant":"v","size":5,"ok":true,"status":200,"attempts":1,"bytes":5,"#
      + #""ttfb_ms":5,"total_ms":6,"cache":"hit","sized":true,"size_class":"small","vary":"accept-encoding"}"#
    #expect(try rules([String](repeating: line, count: 100)) == [])
    #expect(try rules([]) == [])
  }

  @Test func theGravestComeFirst() throws {
    let lines = [
      #"{"ok":false,"error":"gone"}"#, #"{"ok":false,"error":"gone"}"#, #"{"ok":false,"error":"gone"}"#,
      #"{"ok":false,"error":"dns"}"#, #"{"ok":false,"error":"tls"}"#, #"{"ok":false,"error":"tls"}"#,
      #"{"ok":true,"cache":"miss"}"#,
    ]
    let page = ErrorsReport(all: try summary(of: lines), groups: []).page
    let advice = page.section("Recommendations").advice
    #expect(advice.map(\.rule) == ["tls", "dns", "high_error_rate", "gone", "low_hit_ratio"])
    #expect(advice.map(\.level) == [.error, .error, .error, .warning, .info])
    #expect(page.checks.first { $0.name == "low_hit_ratio" }?.failure == nil)
    #expect(page.checks.filter { $0.failure != nil }.count == 4)
  }

  /// The names of the rules that fire, sorted.
  private func rules(_ lines: [String]) throws -> [String] {
    let page = ErrorsReport(all: try summary(of: lines), groups: []).page
    return page.section("Recommendations").advice.map(\.rule).sorted()
  }
}
