import Measure
import Records
import Reports
import Testing

@Suite struct ErrorsReportTests {
  /// 20 requests for 7 objects: 15 failures, which the program before this one called 214 % of 7 files.
  private static let lines = (0..<20).map { i in
    let variant = ["desktop", "tablet", "mobile"][i % 3]
    let head =
      #"{"key":"k\#(i % 7).mp4","url":"https://cdn.example.com/k\#(i % 7).mp4?v=\#(variant)","variant":"\#(variant)","size":2000"#
    let time = #""started":"2026-03-01T12:00:\#(10 + i).000Z","total_ms":\#(i + 1),"bytes":0,"attempts":1"#
    switch i {
    case 0..<5: return head + #","ok":true,"status":200,"sized":true,"cache":"hit",\#(time)}"#
    case 5..<13:
      return head + #","ok":false,"status":403,"error":"forbidden","error_message":"the server answered 403",\#(time)}"#
    default:
      return head
        + #","ok":false,"error":"timeout","error_message":"timed out after \#(3000 + i) ms","size_class":"small",\#(time)}"#
    }
  }

  @Test func ratesAreOfRequests() throws {
    let page = try page(Self.lines)
    #expect(page.introduction == ["Of 20 requests, 15 failed: 75.0 %."])
    #expect(page.figure("Requests") == .count(20) && page.figure("Failed") == .count(15))
    #expect(page.figure("Error rate") == .share(0.75) && page.figure("Timeouts") == .count(7))
    #expect(page.figure("Different keys") == .count(7))
    #expect(page.sections.allSatisfy { $0.isRectangular })
    for cell in page.sections.flatMap(\.rows).joined() {
      if case .figure(let share, .share) = cell { #expect((0...1).contains(share)) }
    }
    #expect(
      page.sections.map(\.title) == [
        "Overview", "Recommendations", "Error", "Over time", "Status", "Message", "Variant", "Errors by variant",
        "Extension", "Size class", "Failures and timeouts by size", "Host", "URLs that failed most", "Slowest requests",
      ])
  }

  @Test func tablesTellWhereItFailed() throws {
    let page = try page(Self.lines)
    #expect(
      page.section("Error").rows == [
        [.text("forbidden"), .count(8), .share(0.4), .share(8.0 / 15)],
        [.text("timeout"), .count(7), .share(0.35), .share(7.0 / 15)],
      ])
    #expect(page.section("Message").column("message") == texts("the server answered #", "timed out after # ms"))
    #expect(
      page.section("Status").rows == [
        [.text("403"), .count(8), .share(0.4)], [.text("200"), .count(5), .share(0.25)],
      ])
    let variants = page.section("Variant")
    #expect(variants.column("requests").compactMap(\.number).reduce(0, +) == 20)
    #expect(variants.column("failed").compactMap(\.number).reduce(0, +) == 15)
    #expect(
      page.section("Host").rows == [
        [.text("cdn.example.com"), .count(20), .count(15), .share(0.75), .text("forbidden")]
      ])
    #expect(
      page.section("Failures and timeouts by size").rows == [
        [.text("1KiB-100KiB"), .count(20), .count(15), .share(0.75), .count(7), .share(0.35)]
      ])
    let plot = try #require(page.section("Errors by variant").bars.first)
    #expect(plot.layout == .stacked && plot.series.map(\.name) == ["forbidden", "timeout"])
    #expect(plot.series.map { $0.values.reduce(0, +) } == [8, 7])
    #expect(page.section("Errors by variant").columns.map(\.name) == ["variant", "forbidden", "timeout"])
  }

  /// What was tried again has a message, too.
  @Test func sharesAreOfWhatATableCounts() throws {
    let retried = [String](repeating: #"{"ok":true,"error_message":"retried"}"#, count: 3)
    let page = try page(retried + [#"{"ok":false,"error":"dns","error_message":"no address"}"#])
    #expect(
      page.section("Message").rows == [
        [.text("retried"), .count(3), .share(0.75)], [.text("no address"), .count(1), .share(0.25)],
      ])
    let odd = try self.page([
      #"{"ok":true,"error":"dns"}"#, #"{"ok":true,"error":"dns"}"#, #"{"ok":false,"error":"tls"}"#,
    ])
    #expect(odd.section("Error").column("share_of_errors") == [.share(2.0 / 3), .share(1.0 / 3)])
  }

  @Test func longListsOfTheGreatestAreCutToWhatAPageHolds() throws {
    var options = Summary.Options()
    options.top = 300
    let path = String(repeating: "/x", count: 1010)
    let lines = (0..<300).map { i in
      #"{"key":"\#(i)\#(path)","url":"http://\#(i)\#(path)","ok":false,"error":"dns","total_ms":\#(i),"size":5}"#
    }
    let all = try summary(of: lines + lines.prefix(60), options: options)
    let whole = [
      ErrorsReport(all: all, groups: []).page, PerformanceReport(all: all, groups: []).page,
      SizeReport(all: all, groups: []).page,
    ]
    for page in whole {
      #expect(page.sections.contains { $0.rows.count == 300 })
      let fitted = page.fitted
      #expect(fitted.sections.allSatisfy { $0.rows.count < 300 })
      #expect(
        fitted.sections.contains {
          $0.notes.contains { $0.hasSuffix("further rows are left out; the summary has them.") }
        })
      #expect(HTMLFormat.render(fitted).utf8.count < 1 << 20 && JSONFormat.render(fitted).utf8.count < 1 << 20)
    }
  }

  @Test func urlsThatFailMostComeFirst() throws {
    let lines = (0..<6).flatMap { i in
      [String](repeating: #"{"url":"http://h/\#(i)","ok":false,"error":"dns"}"#, count: i + 1)
    }
    let section = try page(lines).section("URLs that failed most")
    #expect(section.rows.first == [.text("http://h/5"), .count(6), .count(6), .text("dns")])
    #expect(section.rows.count == 6 && section.notes.isEmpty)
    var options = Summary.Options()
    options.top = 2
    let few = ErrorsReport(all: try summary(of: lines, options: options), groups: []).page
    #expect(few.section("URLs that failed most").rows.count == 2)
    #expect(few.section("URLs that failed most").notes == ["Those that are not listed failed at most 4 times each."])
  }

  @Test func manyErrorsHaveFewColours() throws {
    let lines =
      Field.errors.enumerated().flatMap { i, error in
        [String](repeating: #"{"variant":"v","ok":false,"error":"\#(error)"}"#, count: 30 - i)
      } + [#"{"variant":"v","ok":false,"error":"of another release"}"#]
    let section = try page(lines).section("Errors by variant")
    let plot = try #require(section.bars.first)
    #expect(plot.series.map(\.name) == Field.errors.prefix(6) + ["others"])
    #expect(plot.series.flatMap(\.values).reduce(0, +) == Double(lines.count))
    #expect(section.columns.count == 8)
  }

  @Test func withoutFailuresWordsAreEnough() throws {
    let page = try page([
      #"{"url":"http://h/","ok":true,"status":200,"bytes":5,"total_ms":3,"cache":"hit","sized":true}"#
    ])
    #expect(page.introduction == ["None of 1 requests failed."])
    #expect(page.sections.map(\.title) == ["Overview", "Slowest requests"])
    #expect(page.checks.count == Rule.all.count && page.checks.allSatisfy { $0.failure == nil && $0.suite == "rules" })
  }

  @Test func thereMayBeNoRequests() throws {
    for lines in [[], [#"{"key":"a.mp4","size":5}"#]] {
      let page = try page(lines)
      #expect(page.introduction == ["No record says how a request ended."])
      #expect(page.figure("Error rate") == Page.Cell.none && page.checks.allSatisfy { $0.failure == nil })
    }
    let mixed = try page([#"{"key":"a.mp4","size":5}"#, #"{"key":"a.mp4","ok":false,"error":"dns"}"#])
    #expect(mixed.figure("Error rate") == .share(1) && mixed.figure("Records of no request") == .count(1))
    #expect(mixed.section("Overview").notes.count == 1)
  }

  @Test func groupsHaveATableOfTheirOwn() throws {
    let grouping = try grouping(of: Self.lines, by: .field(.variant))
    let section = ErrorsReport(all: grouping.all, groups: grouping.ranking).page.section("By variant")
    #expect(
      section.columns.map(\.name) == [
        "variant", "requests", "failed", "error_rate", "timeouts", "most_frequent_error",
      ])
    #expect(section.column("timeouts").compactMap(\.number).reduce(0, +) == 7 && section.rows.count == 3)
  }

  @Test func pagesOfManyKindsStaySmall() throws {
    let long = String(repeating: "v", count: 200)
    let lines = (0..<3000).map { i in
      #"{"key":"\#(long)\#(i).e\#(i)","url":"http://h\#(i)\#(long)/\#(i)","variant":"\#(i)\#(long)","ok":false,"status":\#(i % 900),"#
        + #""error":"dns","error_message":"\#(long) x\#(i)g","total_ms":1,"size":\#(i << 20)}"#
    }
    let summary = try summary(of: lines)
    for page in [
      PerformanceReport(all: summary, groups: []).page, SizeReport(all: summary, groups: []).page,
      ErrorsReport(all: summary, groups: []).page,
    ] {
      #expect(page.sections.allSatisfy { $0.rows.count <= 30 })
      #expect(JSONFormat.render(page).utf8.count < 1 << 19 && HTMLFormat.render(page).utf8.count < 1 << 20)
    }
  }

  private func page(_ lines: [String]) throws -> Page { ErrorsReport(all: try summary(of: lines), groups: []).page }
}
