import Records
import Testing

@testable import Transfer

@Suite struct WarmPolicyTests {
  private func decide(
    _ verdict: CacheVerdict?, bytes: Int = 1, isQuotaExhausted: Bool = false, asked: Int = 0, asks: Int = 3,
    limit: Int? = nil
  ) -> WarmPolicy.Decision {
    var policy = WarmPolicy()
    policy.asks = asks
    policy.cacheLimit = limit
    return policy.decide(verdict: verdict, bodyBytes: bytes, isQuotaExhausted: isQuotaExhausted, asked: asked)
  }

  @Test(
    arguments: [
      ("hit", .proven), ("uncacheable", .hopeless(.uncacheable)), ("bypass", .hopeless(.bypass)),
      ("dynamic", .hopeless(.dynamic)), ("miss", .askAgain(pause: 100_000)), ("expired", .askAgain(pause: 100_000)),
      ("stale", .askAgain(pause: 100_000)), ("revalidated", .askAgain(pause: 100_000)),
      ("unknown", .askAgain(pause: 100_000)),
    ] as [(String, WarmPolicy.Decision)])
  func theVerdictDecides(verdict: String, decision: WarmPolicy.Decision) {
    #expect(Field.cacheVerdicts.contains(verdict))
    #expect(decide(CacheVerdict(verdict)) == decision)
    #expect(decide(CacheVerdict(verdict), isQuotaExhausted: true) == .hopeless(.quotaExhausted))
  }

  @Test func everyVerdictIsDecided() {
    for verdict in Field.cacheVerdicts {
      guard case .hopeless = decide(CacheVerdict(verdict), asked: 3) else {
        #expect(verdict == "hit")
        continue
      }
    }
    #expect(decide(nil) == .askAgain(pause: 100_000))
  }

  @Test func pausesDoubleUpToTwoSeconds() {
    let pauses = [100_000, 200_000, 400_000, 800_000, 1_600_000, 2_000_000, 2_000_000]
    for (asked, pause) in pauses.enumerated() {
      #expect(decide(CacheVerdict("miss"), asked: asked, asks: 1000) == .askAgain(pause: pause))
    }
    #expect(decide(CacheVerdict("miss"), asked: 999, asks: 1000) == .askAgain(pause: 2_000_000))
    #expect(decide(CacheVerdict("miss"), asked: 1000, asks: 1000) == .hopeless(.notHit))
    #expect(decide(CacheVerdict("miss"), asks: 0) == .hopeless(.notHit))
  }

  @Test(
    arguments: [
      ("cloudflare", 512 << 20, false), ("cloudflare", 512 << 20 | 1, true), ("cloudfront", 50_000_000_000, false),
      ("cloudfront", 50_000_000_001, true), ("nginx", .max, false), (nil, .max, false),
    ] as [(String?, Int, Bool)])
  func cachesStoreOnlySoMuch(layer: String?, bytes: Int, isOver: Bool) {
    for verdict in ["miss", "bypass"] {
      let decision = decide(CacheVerdict(verdict, layer: layer), bytes: bytes)
      #expect((decision == .hopeless(.overLimit)) == isOver)
    }
    #expect(decide(CacheVerdict("hit", layer: layer), bytes: bytes) == .proven)
    #expect(decide(CacheVerdict("uncacheable", layer: layer), bytes: bytes) == .hopeless(.uncacheable))
  }

  @Test func theLimitGivenComesFirst() {
    let verdict = CacheVerdict("miss", layer: "cloudflare")
    #expect(decide(verdict, bytes: 11, limit: 10) == .hopeless(.overLimit))
    #expect(decide(verdict, bytes: 5 << 30, limit: 5 << 30) == .askAgain(pause: 100_000))
    #expect(decide(nil, bytes: 11, limit: 10) == .hopeless(.overLimit))
  }

  @Test(arguments: [
    ("cf-resized: err=9422", true), ("CF-Resized: internal=ok/- q=0, ERR=9422", true), ("cf-resized: a;err=9422", true),
    ("cf-resized: err=94220", false), ("cf-resized: err=9401", false), ("cf-resized:", false),
    ("x-other: err=9422", false), ("cf-resized: internal=ok/m q=0 n=21+9", false),
  ])
  func aQuotaThatIsUsedUpIsSaidByAHeader(header: String, isExhausted: Bool) {
    #expect(CapturedHead("unknown", nil, header).withHead { WarmRules.isQuotaExhausted($0) } == isExhausted)
  }

  @Test func rulesAreThoseOfTheTable() {
    let rows = sourceTable("Transfer/Resources/warm-rules.tsv")
    #expect(rows.allSatisfy { $0.count == 3 })
    #expect(rows.count == WarmRules.all.limits.count + WarmRules.all.quotas.count)
    for (layer, bytes) in WarmRules.all.limits {
      #expect(rows.contains(["limit", layer, "\(bytes)"]))
      #expect(CacheRule.all.contains { $0.layer == layer })
    }
  }
}
