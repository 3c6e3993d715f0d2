import Records
import Testing

@testable import Transfer

@Suite struct ListedValuesTests {
  @Test(arguments: [
    ([], nil), (["Vary:"], nil), (["Vary: ,\t, "], nil), (["X-Vary: a", "Var: a"], nil),
    (["Vary: Accept-Encoding"], "accept-encoding"), (["VARY:*"], "*"), (["vary: A,b ,\t C"], "a, b, c"),
    (["Vary: Accept", "Age: 1", "Vary: ", "vary: Origin,Accept"], "accept, origin, accept"),
    (["Vary: Accept,", "\tOrigin", " Cookie"], "accept, origin cookie"), (["Vary: a \t  B"], "a b"),
    (["Vary: é, \u{1}\"\\"], "??, \u{1}\"\\"),
  ])
  func varyIsOneTextOfAllFields(fields: [String], vary: String?) { #expect(withHead(fields) { $0.vary } == vary) }

  @Test func varyIsCutBetweenTwoNames() {
    let long = String(repeating: "X", count: 100)
    for (last, fits) in [(52, true), (53, false), (5000, false)] {
      let name = String(repeating: "Y", count: last)
      let vary = withHead(["Vary: \(long), \(long)", "Vary: \(name), z"]) { $0.vary }
      #expect(vary == "\(long), \(long)\(fits ? ", \(name)" : "")".lowercased())
    }
    #expect(withHead(["Vary: \(String(repeating: "é", count: 128))"]) { $0.vary?.utf8.count } == 256)
    #expect(withHead(["Vary: \(String(repeating: "x", count: 257)), a"]) { $0.vary } == nil)
  }

  @Test(arguments: [
    ([], nil), (["0"], 0), (["5"], 5), (["5, 5"], 5), (["5", "5"], 5), (["05,5", "5"], 5), (["5, 6"], nil),
    (["6", "5"], nil), (["5", "x"], nil), (["x", "5"], nil), ([""], nil), (["5,"], nil), (["-5"], nil),
    (["9223372036854775807"], .max), (["9223372036854775808"], nil),
  ])
  func aLengthIsOneNumber(values: [String], length: Int?) {
    #expect(withHead(values.map { "Content-Length: \($0)" }) { $0.contentLength } == length)
  }

  @Test(arguments: [
    (200, "GET", ["Content-Length: 5"], true), (200, "GET", ["Content-Length: 5", "Content-Length: 5"], true),
    (200, "GET", [], false), (200, "GET", ["Content-Length: x"], false), (404, "GET", ["Content-Length: 0"], true),
    (200, "GET", ["Content-Length: 5", "Transfer-Encoding: chunked"], false), (304, "GET", [], false),
    (200, "HEAD", ["Content-Length: 5", "Transfer-Encoding: chunked"], true), (200, "HEAD", [], false),
    (204, "GET", ["Content-Length: 0"], true), (304, "GET", ["Content-Length: 5"], true), (204, "GET", [], false),
  ])
  func anAnswerIsSizedWhereItsLengthIsTold(status: Int, method: String, fields: [String], isSized: Bool) {
    var settings = FetchSettings()
    settings.method = method
    let outcome = answer(status, fields, settings)
    #expect(outcome.isSized == isSized)
    #expect(written { $0.append(outcome, of: Job(), settings) }.contains(#","sized":\#(isSized)"#))
  }

  @Test func resultsHaveBothBehindTheType() {
    let fields = ["Content-Type: a/b", "Vary: Accept,Origin", "Content-Length: 1"]
    let outcome = answer(200, fields, FetchSettings())
    let members = written { $0.append(outcome, of: Job(), FetchSettings()) }
    #expect(members.contains(#""content_type":"a/b","vary":"accept, origin","sized":true"#))
  }

  @Test func whereNoFinalAnswerCameThereIsNoVary() {
    #expect(answer(103, ["Vary: Accept"], FetchSettings()).vary == nil)
    let members = written { $0.append(Outcome(), of: Job(), FetchSettings()) }
    #expect(!members.contains("vary") && !members.contains("sized"))
  }

  private func withHead<R>(_ fields: [String], _ body: (borrowing ResponseHead) -> R) -> R {
    var head = ResponseHead()
    for line in ["HTTP/1.1 200 OK"] + fields + [""] { lend(line + "\r\n") { head.add(line: $0) } }
    return body(head)
  }

  private func answer(_ status: Int, _ fields: [String], _ settings: FetchSettings) -> Outcome {
    var outcome = Outcome()
    outcome.status = status
    var settings = settings
    // An empty job has no URL to go by.
    settings.checksContentType = false
    withHead(fields) { outcome.read($0, Job(), settings) }
    return outcome
  }
}
