import Records

/// One measured member over all records: exact count, sum and extremes, mean and variance, and a sketch for quantiles.
package struct Quantity: Sendable {
  package private(set) var count = 0
  package private(set) var minimum = Double.infinity
  package private(set) var maximum = -Double.infinity
  package private(set) var sketch = Sketch()
  /// The sum is `thousandths / 1000 + rest`: exact for values of up to three decimals.
  private var thousandths: Int128 = 0
  private var rest = 0.0
  /// The sum of squared differences from the mean, and that mean, as B. P. Welford adds them up (Technometrics 4, 1962).
  private var squares = 0.0
  private var runningMean = 0.0

  package init() {}

  package mutating func add(_ value: Int) {
    thousandths &+= Int128(value) &* 1000
    note(Double(value))
  }

  /// Adds a value; one that is no finite number is passed over.
  package mutating func add(_ value: Double) {
    guard value.isFinite else { return }
    addToSum(value)
    note(value)
  }

  /// All but the sum.
  @inline(__always) private mutating func note(_ value: Double) {
    count += 1
    if value < minimum { minimum = value }
    if value > maximum { maximum = value }
    let distance = value - runningMean
    runningMean += distance / Double(count)
    squares += distance * (value - runningMean)
    sketch.add(value)
  }

  @inline(__always) private mutating func addToSum(_ value: Double) {
    let scaled = (value * 1000).rounded()
    // Int converts many times faster than Int128.
    if scaled.magnitude < 9e18, scaled / 1000 == value {
      thousandths &+= Int128(Int(scaled))
    } else {
      rest += value
    }
  }

  /// Adds all values of another quantity. Variances are put together as T. F. Chan, G. H. Golub and R. J. LeVeque show
  /// (The American Statistician 37, 1983).
  package mutating func merge(_ other: Quantity) {
    guard other.count > 0 else { return }
    let distance = other.runningMean - runningMean
    let whole = Double(count) + Double(other.count)
    squares += other.squares + distance * distance * (Double(count) / whole) * Double(other.count)
    runningMean += distance * (Double(other.count) / whole)
    count &+= other.count
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
    thousandths &+= other.thousandths
    rest += other.rest
    sketch.merge(other.sketch)
  }

  package var sum: Double { Double(thousandths) / 1000 + rest }

  /// The sum where it is a whole number.
  package var integerSum: Int? { rest == 0 && thousandths % 1000 == 0 ? Int(exactly: thousandths / 1000) : nil }

  /// Of all values as the whole population, in the square of their unit.
  /// Nil too where the values are so large that no double holds it.
  package var variance: Double? { count > 0 && squares.isFinite ? max(squares / Double(count), 0) : nil }

  package var standardDeviation: Double? { variance?.squareRoot() }

  package var mean: Double? { count > 0 ? sum / Double(count) : nil }

  /// A quantile, within the extremes, which are known exactly.
  package func quantile(_ q: Double) -> Double? {
    guard let estimate = sketch.quantile(q) else { return nil }
    switch Sketch.rank(q, of: count) {
    case 0: return minimum
    case count - 1: return maximum
    default: return min(max(estimate, minimum), maximum)
    }
  }

  /// The quantiles that a summary holds, by their names there and their titles for readers.
  package static let quantiles: [(name: StaticString, title: String, q: Double)] = [
    ("p50", "p50", 0.5), ("p90", "p90", 0.9), ("p95", "p95", 0.95), ("p99", "p99", 0.99), ("p999", "p99.9", 0.999),
  ]
}

extension ByteBuffer {
  /// Appends the quantity as an object of a summary.
  mutating func append(_ quantity: Quantity) {
    append("{\"count\":")
    append(quantity.count)
    append(",\"sum\":")
    if let sum = quantity.integerSum { append(interoperable: sum) } else { append(exact: quantity.sum) }
    append(",\"mean\":")
    append(quantity.mean ?? .nan, decimals: 3)
    append(",\"variance\":")
    append(exact: quantity.variance ?? .nan)
    append(",\"stddev\":")
    append(quantity.standardDeviation ?? .nan, decimals: 3)
    append(",\"min\":")
    append(exact: quantity.minimum)
    append(",\"max\":")
    append(exact: quantity.maximum)
    for (name, _, q) in Quantity.quantiles {
      append(",\"")
      append(name)
      append("\":")
      let value = quantity.quantile(q) ?? .nan
      // More decimals than are true, lest rounding adds to the sketch's error.
      if value >= 1 { append(value, decimals: 6) } else { append(exact: value) }
    }
    append(",\"sketch\":")
    append(quantity.sketch)
    append(byte: 0x7D)
  }
}

extension Quantity {
  /// Reads what `append(_: Quantity)` wrote.
  package init(_ document: JSONValue) throws(BadRecord) {
    let bad = BadRecord("a quantity without count, sum, min, max, variance or sketch")
    guard let count = document["count"]?.count, count > 0, let sum = document["sum"],
      let minimum = document["min"]?.number, let maximum = document["max"]?.number, minimum <= maximum,
      let variance = document["variance"], let sketch = document["sketch"]
    else { throw bad }
    // What is null no double holds.
    guard let total = sum == .null ? .infinity : sum.number,
      let spread = variance == .null ? .infinity : variance.number, spread >= 0
    else { throw bad }
    self.sketch = try Sketch(sketch)
    guard self.sketch.total == count else {
      throw BadRecord("a quantity whose sketch holds other values than it counts")
    }
    self.count = count
    self.minimum = minimum
    self.maximum = maximum
    if let whole = sum.integer { thousandths = Int128(whole) * 1000 } else { addToSum(total) }
    runningMean = total / Double(count)
    squares = spread * Double(count)
  }
}
