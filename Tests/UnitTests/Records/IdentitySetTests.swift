import Records
import Testing

@Suite struct IdentitySetTests {
  private static let pool: [Identity] = {
    var hash = IdentityHash()
    return (0..<500).map { i in lend("http://h/\(i)") { hash.identity(url: $0, accept: nil) } }
  }()

  @Test(arguments: [(3, 200), (20, 1000), (500, 5000)])
  func countsLikeADictionary(distinct: Int, capacity: Int) {
    var random = Seeded(UInt64(capacity))
    var set = IdentitySet(capacity: capacity)
    var model: [Int: Int] = [:]
    var inserted = 0
    while inserted < capacity {
      let i = random.below(distinct)
      let isThere = model[i, default: 0] > 0
      let contains = set.contains(Self.pool[i])
      #expect(contains == isThere)
      if random.below(5) < 3 {
        set.insert(Self.pool[i])
        model[i, default: 0] += 1
        inserted += 1
      } else {
        let isTaken = set.take(Self.pool[i])
        #expect(isTaken == isThere)
        if isThere { model[i, default: 0] -= 1 }
      }
      let count = set.count
      #expect(count == model.values.reduce(0, +))
    }
  }

  @Test func holdsAsManyAsItWasMadeFor() {
    for capacity in [0, 1, 2, 7, 8, 9, 499, 500] {
      var set = IdentitySet(capacity: capacity)
      for identity in Self.pool.prefix(capacity) { set.insert(identity) }
      for (i, identity) in Self.pool.enumerated() {
        let contains = set.contains(identity)
        #expect(contains == (i < capacity))
      }
      for identity in Self.pool.reversed() { _ = set.take(identity) }
      let count = set.count
      #expect(count == 0)
    }
  }

  @Test func aHundredThousandAtFullLoad() {
    var hash = IdentityHash()
    let count = 100_000
    let identities = (0..<count * 2).map { i in lend("k\(i)") { hash.identity(url: $0, accept: nil) } }
    var set = IdentitySet(capacity: count)
    for identity in identities.prefix(count) { set.insert(identity) }
    var taken = 0
    for identity in identities { if set.take(identity) { taken += 1 } }
    for identity in identities { if set.take(identity) { taken += 1 } }
    #expect(taken == count)
  }
}
