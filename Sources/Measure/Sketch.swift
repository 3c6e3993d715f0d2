import Records

/// A quantile sketch (DDSketch): counts in logarithmic bins, at most `maximumBins`. Beyond that the lowest bins are put
/// together, so that high quantiles keep their accuracy.
package struct Sketch: Sendable {
  package static let maximumBins = 2048

  /// Values of 0 or less, and those too small for a bin.
  package private(set) var zeros = 0
  /// The index of `counts[0]`.
  package private(set) var first = 0
  package private(set) var counts: [Int] = []
  package private(set) var total = 0

  package init() {}

  @inline(__always) package mutating func add(_ value: Double) {
    total += 1
    guard value >= 1e-9 else { return zeros += 1 }
    let index = LogBins.index(min(value, 1e300))
    let place = index &- first
    if place >= 0, place < counts.count {
      counts[place] &+= 1
    } else {
      grow(toHold: index)
      counts[max(0, index - first)] += 1
    }
  }

  private mutating func grow(toHold index: Int) {
    if counts.isEmpty {
      first = index
      counts = [0]
    } else if index < first {
      let lowest = max(index, first + counts.count - Self.maximumBins)
      guard lowest < first else { return }
      counts.insert(contentsOf: repeatElement(0, count: first - lowest), at: 0)
      first = lowest
    } else if index >= first + counts.count {
      counts.append(contentsOf: repeatElement(0, count: index - first - counts.count + 1))
      collapse()
    }
  }

  private mutating func collapse() {
    let excess = counts.count - Self.maximumBins
    guard excess > 0 else { return }
    let collapsed = counts[...excess].reduce(0, +)
    counts.removeFirst(excess)
    counts[0] = collapsed
    first += excess
  }

  /// The value below which a share of `q` (0 to 1) of all values lies; nil without values.
  package func quantile(_ q: Double) -> Double? {
    guard total > 0 else { return nil }
    let rank = Int((q * Double(total - 1)).rounded(.down))
    var seen = zeros
    if rank < seen { return 0 }
    for (place, count) in counts.enumerated() {
      seen += count
      if rank < seen { return LogBins.estimate(first + place) }
    }
    return nil
  }
}

extension ByteBuffer {
  /// Appends the sketch as mt-records(5) describes it.
  package mutating func append(_ sketch: Sketch) {
    append("{\"relative_error\":")
    append(LogBins.relativeError, decimals: 6)
    append(",\"zeros\":")
    append(sketch.zeros)
    append(",\"first\":")
    append(sketch.first)
    append(",\"counts\":[")
    for (i, count) in sketch.counts.enumerated() {
      if i > 0 { append(byte: 0x2C) }
      append(count)
    }
    append("]}")
  }
}
