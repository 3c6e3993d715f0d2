import Reports
import Testing

@Suite struct JUnitFormatTests {
  @Test func checksAreTestCases() {
    let page = Page(
      title: "Performance",
      checks: [
        .init(suite: "conditions", name: "p95(total_ms) > 2000", failure: "holds: 2512.3 ms"),
        .init(suite: "rules", name: "timeouts", failure: "too many", detail: "12 of 100"),
        .init(suite: "conditions", name: "error_rate > 5%", detail: "1.2 %"),
        .init(suite: "conditions", name: "failed > 7"),
      ])
    #expect(
      JUnitFormat.render(page) == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="Performance" tests="4" failures="2" errors="0" skipped="0">
          <testsuite name="conditions" tests="3" failures="1" errors="0" skipped="0">
            <testcase classname="conditions" name="p95(total_ms) &gt; 2000">\
        <failure message="holds: 2512.3 ms">holds: 2512.3 ms</failure></testcase>
            <testcase classname="conditions" name="error_rate &gt; 5%"><system-out>1.2 %</system-out></testcase>
            <testcase classname="conditions" name="failed &gt; 7"></testcase>
          </testsuite>
          <testsuite name="rules" tests="1" failures="1" errors="0" skipped="0">
            <testcase classname="rules" name="timeouts"><failure message="too many">12 of 100</failure></testcase>
          </testsuite>
        </testsuites>

        """)
  }

  @Test func withoutChecksThereIsASuiteOfNone() {
    let document = XMLEvents(JUnitFormat.render(Page(title: "T")))
    #expect(document.problem == nil)
    #expect(document.all("testsuite").map { $0["tests"] } == ["0"] && document.all("testcase").isEmpty)
  }

  @Test(arguments: SamplePages.hostile)
  func holdsTextOfAnyOrigin(text: String) {
    let document = XMLEvents(JUnitFormat.render(SamplePages.page(of: text)))
    #expect(document.problem == nil)
    #expect(
      document.elements.map(\.name).filter { $0 != "system-out" } == [
        "testsuites", "testsuite", "testcase", "failure", "testcase",
      ])
    #expect(document.all("testcase").first?["name"] == document.all("failure").first?["message"])
    if text.unicodeScalars.allSatisfy({ (0x20..<0x7F).contains($0.value) }) {
      #expect(document.all("testcase").first?["name"] == text && document.text.contains(text))
    }
  }
}
