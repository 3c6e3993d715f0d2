/// A multiset of identities in one flat table, about 18 bytes an item: what a resumed run has already done.
package struct IdentitySet: ~Copyable {
  private let slots: UnsafeMutableBufferPointer<(high: UInt64, low: UInt64)>
  private var inserted = 0
  /// How many are left to take.
  package private(set) var count = 0

  /// A set for at most `capacity` insertions.
  package init(capacity: Int) {
    slots = .allocate(capacity: capacity + capacity / 8 + 8)
    slots.initialize(repeating: (0, 0))
  }

  deinit { slots.deallocate() }

  private func start(_ identity: Identity) -> Int {
    Int(identity.high.multipliedFullWidth(by: UInt64(slots.count)).high)
  }

  /// Adds one more of `identity`.
  package mutating func insert(_ identity: Identity) {
    precondition(inserted < slots.count - 1, "more insertions than the capacity")
    var i = start(identity)
    while slots[i].low != 0 { i = i + 1 == slots.count ? 0 : i + 1 }
    slots[i] = (identity.high, identity.low)
    inserted += 1
    count += 1
  }

  /// Takes one of `identity` out; false where none is left. Taken slots keep the lowest bit set and stay in the chain.
  package mutating func take(_ identity: Identity) -> Bool {
    var i = start(identity)
    while slots[i].low != 0 {
      if slots[i].high == identity.high, slots[i].low == identity.low {
        slots[i].low |= 1
        count -= 1
        return true
      }
      i = i + 1 == slots.count ? 0 : i + 1
    }
    return false
  }

  /// Whether one of `identity` is there.
  package func contains(_ identity: Identity) -> Bool {
    var i = start(identity)
    while slots[i].low != 0 {
      if slots[i].high == identity.high, slots[i].low == identity.low { return true }
      i = i + 1 == slots.count ? 0 : i + 1
    }
    return false
  }
}
