import Records

/// A quantile sketch (DDSketch): counts in logarithmic bins, at most `maximumBins`. Beyond that the lowest bins are put
/// together, so that high quantiles keep their accuracy.
package struct Sketch: Equatable, Sendable {
  package static let maximumBins = 2048

  /// Values of 0 or less, and those too small for a bin.
  package private(set) var zeros = 0
  /// The index of `counts[0]`.
  package private(set) var first = 0
  package private(set) var counts: [Int] = []
  package private(set) var total = 0

  /// The values that have bins of their own, and the indices of these.
  private static let values = 1e-9...1e300
  private static let indices = LogBins.index(values.lowerBound)...LogBins.index(values.upperBound)

  package init() {}

  @inline(__always) package mutating func add(_ value: Double) {
    total += 1
    guard value >= Self.values.lowerBound else { return zeros += 1 }
    let index = LogBins.index(min(value, Self.values.upperBound))
    let place = index &- first
    if place >= 0, place < counts.count {
      counts[place] &+= 1
    } else {
      grow(toHold: index)
      counts[max(0, index - first)] += 1
    }
  }

  /// Adds all values of another sketch. In whatever order sketches are put together, the result is the same.
  package mutating func merge(_ other: Sketch) {
    total &+= other.total
    zeros &+= other.zeros
    guard let last = other.counts.indices.last else { return }
    grow(toHold: other.first + last)
    for (place, count) in other.counts.enumerated() where count > 0 {
      let index = other.first + place
      if index < first { grow(toHold: index) }
      counts[max(0, index - first)] &+= count
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
    let collapsed = counts[...excess].reduce(0, &+)
    counts.removeFirst(excess)
    counts[0] = collapsed
    first += excess
  }

  /// The place, counted from 0, of a quantile among so many values in order.
  package static func rank(_ q: Double, of total: Int) -> Int {
    // What is a whole number but for its last bits is that number.
    let rank = (min(max(q, 0), 1) * Double(total) * (1 - 1e-15)).rounded(.up)
    return min(max(Int(rank) - 1, 0), total - 1)
  }

  /// The points of the cumulative distribution: for each bin that holds values, its estimate and the share (0 to 1) of all
  /// values up to it.
  package var distribution: [(value: Double, share: Double)] {
    var points: [(value: Double, share: Double)] = zeros > 0 ? [(0, Double(zeros) / Double(total))] : []
    var seen = zeros
    for (place, count) in counts.enumerated() where count > 0 {
      seen &+= count
      points.append((LogBins.estimate(first + place), Double(seen) / Double(total)))
    }
    return points
  }

  /// The least value that a share of `q` (0 to 1) of all values does not exceed (nearest rank); nil without values.
  package func quantile(_ q: Double) -> Double? {
    guard total > 0 else { return nil }
    let rank = Self.rank(q, of: total)
    var seen = zeros
    if rank < seen { return 0 }
    for (place, count) in counts.enumerated() {
      seen &+= count
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

extension Sketch {
  /// Reads what `append(_: Sketch)` wrote.
  package init(_ document: JSONValue) throws(BadRecord) {
    guard let error = document["relative_error"]?.number, abs(error - LogBins.relativeError) < 1e-9,
      let zeros = document["zeros"]?.count, let first = document["first"]?.integer,
      let counts = document["counts"]?.elements, counts.count <= Self.maximumBins,
      counts.isEmpty || Self.indices.contains(first) && first <= Self.indices.upperBound - counts.count + 1
    else { throw BadRecord("a sketch that is none of this release") }
    self.zeros = zeros
    self.first = counts.isEmpty ? 0 : first
    total = zeros
    for count in counts {
      guard let count = count.count, total <= 1 << 53 else { throw BadRecord("a sketch whose counts are no counts") }
      self.counts.append(count)
      total += count
    }
  }

}
