import Records
import Testing

@testable import Transfer

@Suite struct PopRuleTests {
  @Test(
    arguments: [
      (["CF-RAY: 8a1b2c3d4e5f6789-FRA"], "FRA"), (["cf-ray: 8a1b"], nil), (["X-Amz-Cf-Pop: FRA56-P4"], "FRA56-P4"),
      (["X-Served-By: cache-iad-kiad7000025-IAD, cache-fra-eddf8230042-FRA"], "FRA"),
      (["X-Cache: TCP_HIT from a23-45-67-89.deploy.akamaitechnologies.com (AkamaiGHost/10.1) (-)"], "a23-45-67-89"),
      (["X-Cache: TCP_MISS From a1 (AkamaiGHost/9) (-)"], "a1"),
      (["X-Cache: TCP_MISS from a1.x (AkamaiGHost/9) (-), TCP_HIT from a2.x (AkamaiGHost/9) (-)"], "a2"),
      (["X-Cache: TCP_HIT from"], nil), (["X-Cache: akamai from"], nil), (["X-Cache: AkamaiGHost"], nil),
      (["X-Cache: Hit from cloudfront"], nil), (["X-Cache: HIT from proxy.example"], nil), (["X-Cache: HIT"], nil),
      (["X-Cache: Hit from cloudfront", "X-Amz-Cf-Pop: IAD12"], "IAD12"), (["Age: 1"], nil),
      (["X-Cache: TCP_HIT from a1.akamai.net (-)", "CF-Ray: 1-AMS"], "AMS"),
    ] as [([String], String?)])
  func isReadOffTheHeaders(headers: [String], pop: String?) {
    var head = ResponseHead()
    for line in headers { lend(line + "\r\n") { head.add(line: $0) } }
    let found = PopRule.pointOfPresence(of: head)
    #expect(found == pop)
  }

  @Test func rulesAreThoseOfTheTable() {
    #expect(PopRule.all.map { [$0.header, $0.part.rawValue] } == sourceTable("Transfer/Resources/pop-rules.tsv"))
  }
}
