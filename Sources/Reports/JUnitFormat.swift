/// The page's checks as JUnit's XML, as build servers read it: a test suite each of `Check.suite`, in their order.
package enum JUnitFormat {
  package static func render(_ page: Page) -> String {
    var suites: [(name: String, checks: [Page.Check])] = []
    var places: [String: Int] = [:]
    for check in page.checks {
      if let place = places[check.suite] {
        suites[place].checks.append(check)
      } else {
        places[check.suite] = suites.count
        suites.append((check.suite, [check]))
      }
    }
    if suites.isEmpty { suites = [(page.title, [])] }

    var out = Markup("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
    out.element("testsuites", counts(page.title, page.checks)) { out in
      for suite in suites { append(suite.name, suite.checks, to: &out) }
      out.lineEnd()
    }
    out.lineEnd()
    return out.source
  }

  private static func counts(_ name: String, _ checks: [Page.Check]) -> Markup.Attributes {
    let failures = checks.count { $0.failure != nil }
    return [
      "name": name, "tests": "\(checks.count)", "failures": "\(failures)", "errors": "0", "skipped": "0",
    ]
  }

  private static func append(_ name: String, _ checks: [Page.Check], to out: inout Markup) {
    out.raw("\n  ")
    out.element("testsuite", counts(name, checks)) { out in
      for check in checks {
        out.raw("\n    ")
        out.element("testcase", ["classname": name, "name": check.name]) { append(check, to: &$0) }
      }
      out.raw("\n  ")
    }
  }

  private static func append(_ check: Page.Check, to out: inout Markup) {
    if let failure = check.failure {
      out.element("failure", ["message": failure], text: check.detail.isEmpty ? failure : check.detail)
    } else if !check.detail.isEmpty {
      out.element("system-out", text: check.detail)
    }
  }
}
