import Records

extension Condition {
  /// What count() and rate() look for in records.
  enum Test: Sendable {
    case one(Criterion)
    /// Both are met: one on `error` or `cache`, and one on what summaries break these down by.
    case both(Criterion, Criterion)

    static let outcomes: [Dimension] = [.field(.error), .field(.cache)]

    /// Nil where summaries do not count the two together.
    init?(_ a: Criterion, and b: Criterion) {
      if Self.outcomes.contains(a.dimension), Summary.brokenDown.contains(b.dimension) {
        self = .both(a, b)
      } else if Self.outcomes.contains(b.dimension), Summary.brokenDown.contains(a.dimension) {
        self = .both(b, a)
      } else {
        return nil
      }
    }

    /// Whether none but results can pass.
    var isOfResults: Bool {
      switch self {
      case .one(let criterion): criterion.dimension.fields.first?.definition.writer == .fetch
      case .both: true
      }
    }

    func count(in summary: Summary) -> Bounds {
      switch self {
      case .one(let criterion): return criterion.count(in: summary.counts(criterion.dimension))
      case .both(let outcome, let part):
        let counts = summary.breakdown(part.dimension).map { row in
          let outcomes = outcome.dimension == .field(.error) ? row.errors : row.cache
          return (name: row.name, count: outcomes.reduce(0) { outcome.isMet(by: $1.name) ? $0 + Double($1.count) : $0 })
        }
        return part.count(in: counts)
      }
    }
  }

  /// What one member's value must be. A record without the member does not meet it, whatever the sign.
  struct Criterion: Sendable {
    let dimension: Dimension
    let wanted: Wanted
    /// Whether all but the wanted values meet it: `!=`.
    var isNegated = false

    enum Wanted: Sendable {
      case value(String)
      /// HTTP statuses.
      case statuses(ClosedRange<Int>)
    }

    func count(in values: [(name: String, count: Int)]) -> Bounds {
      count(in: values.map { ($0.name, Double($0.count)) })
    }

    /// Sums up as `Double`: counts of merged summaries may be large.
    func count(in values: [(name: String, count: Double)]) -> Bounds {
      var sum = 0.0
      var others = 0.0
      for (name, count) in values {
        if name == ValueCounter.otherName {
          others += count
        } else if isMet(by: name) {
          sum += count
        }
      }
      // Some of the others may be of the wanted value: the parts of a whole may each have named other ones.
      return Bounds(sum, sum + others)
    }

    func isMet(by name: String) -> Bool { isWanted(name).map { $0 != isNegated } ?? false }

    /// Nil for what cannot be compared.
    private func isWanted(_ name: String) -> Bool? {
      switch wanted {
      case .value(let value): name == value
      case .statuses(let range): Int(name).map { range.contains($0) }
      }
    }
  }
}

extension Dimension {
  /// All values that it has, where these are known.
  var closedValues: [String]? {
    switch self {
    case .field(let field):
      switch field.definition.kind {
      case .oneOf(let values): values
      case .boolean: ["true", "false"]
      default: nil
      }
    case .sizeBucket: SizeBucket.allCases.map { "\($0.literal)" }
    case .varyAccept: ["negotiated", "default"]
    case .fileExtension, .host, .message: nil
    }
  }
}
