import Records

extension Condition {
  /// A number that a summary gives.
  enum Figure: Sendable {
    case total(Total)
    /// A measured member in one number.
    case statistic(Statistic, Field)
    /// How many values `key` or `url` has.
    case distinct(Field)
    /// How many records pass the test.
    case count(Test)
    /// Their share: of all requests where the test is of a member of results, else of all records.
    case rate(Test)

    /// The figures that stand for themselves.
    enum Total: String, CaseIterable, Sendable {
      case records
      /// Records with `ok`.
      case requests
      /// Records whose `ok` is false.
      case failed
      /// Failed requests by requests.
      case errorRate = "error_rate"
      /// Cache hits by the cache verdicts that are not `unknown`.
      case hitRatio = "hit_ratio"
      /// From the first start to the last end.
      case elapsedSeconds = "elapsed_seconds"
      case requestsPerSecond = "requests_per_second"
      /// The sum of `bytes` by seconds.
      case bytesPerSecond = "bytes_per_second"
    }

    enum Statistic: Equatable, Sendable {
      case mean, minimum, maximum, sum, count, deviation, variance
      /// 0 to 1.
      case quantile(Double)

      static let named: [(name: String, statistic: Statistic)] = [
        ("mean", .mean), ("min", .minimum), ("max", .maximum), ("sum", .sum), ("count", .count),
        ("stddev", .deviation), ("variance", .variance),
      ]
    }

    var unit: Unit {
      switch self {
      case .total(.errorRate), .total(.hitRatio), .rate: .share
      case .total(.elapsedSeconds): .seconds
      case .total(.bytesPerSecond): .bytesPerSecond
      case .total(.requestsPerSecond), .statistic(.variance, _): .plain
      case .total, .statistic(.count, _), .distinct, .count: .count
      case .statistic(_, let field): Unit(of: field)
      }
    }

    func bounds(in summary: Summary) throws(NoValue) -> Bounds {
      switch self {
      case .total(let total): return Bounds(try total.value(in: summary))
      case .statistic(.count, let field): return Bounds(Double(summary.quantity(field)?.count ?? 0))
      case .statistic(let statistic, let field):
        guard let value = summary.quantity(field).flatMap(statistic.value) else { throw .noRecord(has: field.name) }
        return Bounds(value)
      case .distinct(let field):
        guard let distinct = summary.distinct(field) else { throw .noRecord(has: field.name) }
        return Bounds(distinct.estimate)
      case .count(let test): return test.count(in: summary)
      case .rate(let test):
        let all = test.isOfResults ? summary.requests : summary.records
        guard all > 0 else { throw test.isOfResults ? .noRecord(has: Field.ok.name) : NoValue("there are no records") }
        let count = test.count(in: summary)
        return Bounds(count.low / Double(all), count.high / Double(all))
      }
    }
  }

  /// What a figure lies between: a count of a value may lack those of a summary's `(other)`.
  struct Bounds: Sendable {
    let low: Double
    let high: Double

    init(_ low: Double, _ high: Double) {
      self.low = low
      self.high = high
    }

    init(_ value: Double) { self.init(value, value) }

    /// Nil where it is not known exactly.
    var value: Double? { low == high ? low : nil }
  }
}

extension Condition.Figure.Total {
  fileprivate func value(in summary: Summary) throws(Condition.NoValue) -> Double {
    switch self {
    case .records: return Double(summary.records)
    case .requests: return Double(summary.requests)
    case .failed: return Double(summary.failed)
    case .errorRate:
      guard let rate = summary.errorRate else { throw .noRecord(has: Field.ok.name) }
      return rate
    case .hitRatio:
      guard let ratio = summary.hitRatio else { throw Condition.NoValue("no record has a cache verdict") }
      return ratio
    case .elapsedSeconds:
      guard let elapsed = summary.elapsed else { throw .noRecord(has: Field.started.name) }
      return elapsed
    case .requestsPerSecond:
      guard summary.elapsed != nil else { throw .noRecord(has: Field.started.name) }
      guard let rate = summary.requestsPerSecond else { throw .noTime }
      return rate
    case .bytesPerSecond:
      guard summary.elapsed != nil else { throw .noRecord(has: Field.started.name) }
      guard summary.quantity(.bytes) != nil else { throw .noRecord(has: Field.bytes.name) }
      guard let rate = summary.bytesPerSecond else { throw .noTime }
      return rate
    }
  }
}

extension Condition.Figure.Statistic {
  /// A statistic by its name, percentiles too: `p95`, `p99.9`; as in summaries, `p999` is short for `p99.9`, and so on.
  init?(_ name: String) {
    if let found = Self.named.first(where: { $0.name == name }) {
      self = found.statistic
      return
    }
    var percent = name.dropFirst()
    if percent.count > 2, percent.allSatisfy({ $0 == "9" }) { percent = "99." + percent.dropFirst(2) }
    guard name.first == "p", percent.allSatisfy({ $0 == "." || ("0"..."9").contains($0) }),
      let number = ConditionNumber(percent), number.rest.isEmpty, let q = number.value(timesTenTo: -2), q <= 1
    else { return nil }
    self = .quantile(q)
  }

  fileprivate func value(of quantity: Quantity) -> Double? {
    guard quantity.count > 0 else { return nil }
    switch self {
    case .mean: return quantity.mean
    case .minimum: return quantity.minimum
    case .maximum: return quantity.maximum
    case .sum: return quantity.sum
    case .count: return Double(quantity.count)
    case .deviation: return quantity.standardDeviation
    case .variance: return quantity.variance
    case .quantile(let q): return quantity.quantile(q)
    }
  }
}
