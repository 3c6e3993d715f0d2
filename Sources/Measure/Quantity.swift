import Records

/// One measured member over all records: exact count, sum and extremes, and a sketch for quantiles.
package struct Quantity: Sendable {
  package private(set) var count = 0
  package private(set) var minimum = Double.infinity
  package private(set) var maximum = -Double.infinity
  package private(set) var sketch = Sketch()
  /// The sum is `thousandths / 1000 + rest`: exact for values of up to three decimals.
  private var thousandths: Int128 = 0
  private var rest = 0.0

  package init() {}

  package mutating func add(_ value: Double) {
    guard value.isFinite else { return }
    count += 1
    if value < minimum { minimum = value }
    if value > maximum { maximum = value }
    let scaled = (value * 1000).rounded()
    if scaled.magnitude < 1e25, scaled / 1000 == value {
      thousandths += Int128(scaled)
    } else {
      rest += value
    }
    sketch.add(value)
  }

  package var sum: Double { Double(thousandths) / 1000 + rest }

  /// The sum where it is a whole number.
  package var integerSum: Int? { rest == 0 && thousandths % 1000 == 0 ? Int(exactly: thousandths / 1000) : nil }

  package var mean: Double? { count > 0 ? sum / Double(count) : nil }

  /// A quantile, within the extremes that are known exactly.
  package func quantile(_ q: Double) -> Double? { sketch.quantile(q).map { min(max($0, minimum), maximum) } }

  /// The quantiles that a summary holds, by their names there.
  package static let quantiles: [(name: StaticString, q: Double)] = [
    ("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p999", 0.999),
  ]
}

extension ByteBuffer {
  /// Appends the quantity as an object of a summary.
  mutating func append(_ quantity: Quantity) {
    append("{\"count\":")
    append(quantity.count)
    append(",\"sum\":")
    if let sum = quantity.integerSum { append(interoperable: sum) } else { append(quantity.sum, decimals: 3) }
    append(",\"mean\":")
    append(quantity.mean ?? .nan, decimals: 3)
    append(",\"min\":")
    append(exact: quantity.minimum)
    append(",\"max\":")
    append(exact: quantity.maximum)
    for (name, q) in Quantity.quantiles {
      append(",\"")
      append(name)
      append("\":")
      let value = quantity.quantile(q) ?? .nan
      if value >= 0.1 { append(value, decimals: 3) } else { append(exact: value) }
    }
    append(",\"sketch\":")
    append(quantity.sketch)
    append(byte: 0x7D)
  }
}
