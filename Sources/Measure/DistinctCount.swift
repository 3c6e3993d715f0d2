import Records

/// How many different values there were: exact up to 512, beyond that estimated by HyperLogLog (P. Flajolet, É. Fusy, O. Gandouet,
/// F. Meunier, 2007) with 16384 registers and O. Ertl's estimator (arXiv:1702.01284), whose standard error is 0.81 %.
/// It depends on nothing but the set of values, so counts of parts are put together in any order.
package struct DistinctCount: Equatable, Sendable {
  package static let exactLimit = 512
  /// 1.04 / √16384.
  package static let relativeError = 0.008125

  private static let precision = 14
  private static let registerCount = 1 << precision

  /// The hashes of the values while they are few.
  private var hashes: Set<UInt64> = []
  /// For each of the hashes' first 14 bits the most zeros, plus 1, that were seen at the start of the rest; empty while the values are few.
  private var registers: [UInt8] = []

  /// How many values there were, the same ones too, if that is known: an estimate is no more.
  package var limit = Int.max

  package init() {}

  package var isExact: Bool { registers.isEmpty }
  package var isEmpty: Bool { isExact && hashes.isEmpty }

  @inline(__always) package mutating func add(_ value: Bytes) { add(hash: tableHash(value)) }

  @inline(__always) private mutating func add(hash: UInt64) {
    if registers.isEmpty { addToFew(hash) } else { addToMany(hash) }
  }

  private mutating func addToFew(_ hash: UInt64) {
    hashes.insert(hash)
    if hashes.count > Self.exactLimit { estimateFromNowOn() }
  }

  @inline(__always) private mutating func addToMany(_ hash: UInt64) {
    let register = Int(truncatingIfNeeded: hash >> UInt64(64 - Self.precision))
    let zeros = UInt8(
      truncatingIfNeeded: (hash << UInt64(Self.precision) | 1 << UInt64(Self.precision - 1)).leadingZeroBitCount)
    if registers[register] <= zeros { registers[register] = zeros + 1 }
  }

  private mutating func estimateFromNowOn() {
    registers = [UInt8](repeating: 0, count: Self.registerCount)
    for hash in hashes { addToMany(hash) }
    hashes = []
  }

  package mutating func merge(_ other: DistinctCount) {
    if other.isExact {
      for hash in other.hashes { add(hash: hash) }
    } else {
      if isExact { estimateFromNowOn() }
      for i in registers.indices { registers[i] = max(registers[i], other.registers[i]) }
    }
  }

  package var estimate: Double { isExact ? Double(hashes.count) : min(rawEstimate, Double(limit)) }

  private var rawEstimate: Double {
    let q = 64 - Self.precision
    let m = Double(Self.registerCount)
    var multiplicity = [Double](repeating: 0, count: q + 2)
    for register in registers { multiplicity[min(Int(register), q + 1)] += 1 }
    var z = m * Self.tau(1 - multiplicity[q + 1] / m)
    for k in stride(from: q, through: 1, by: -1) { z = 0.5 * (z + multiplicity[k]) }
    z += m * Self.sigma(multiplicity[0] / m)
    // 1 / (2 ln 2)
    return (0.721_347_520_444_481_7 * m * m / z).rounded()
  }

  private static func sigma(_ share: Double) -> Double {
    guard share < 1 else { return .infinity }
    var x = share
    var y = 1.0
    var z = share
    while true {
      x *= x
      let before = z
      z += x * y
      y += y
      if z == before { return z }
    }
  }

  private static func tau(_ share: Double) -> Double {
    guard share > 0, share < 1 else { return 0 }
    var x = share
    var y = 1.0
    var z = 1 - share
    while true {
      x = x.squareRoot()
      let before = z
      y *= 0.5
      z -= (1 - x) * (1 - x) * y
      if z == before { return z / 3 }
    }
  }
}

extension ByteBuffer {
  /// Appends the count as an object of a summary: either its `hashes`, 8 bytes each in rising order, or its `registers`.
  mutating func append(_ distinct: DistinctCount) {
    append("{\"count\":")
    append(distinct.estimate, decimals: 0)
    append(",\"relative_error\":")
    append(distinct.isExact ? 0 : DistinctCount.relativeError, decimals: 6)
    append(distinct.isExact ? ",\"hashes\":\"" : ",\"registers\":\"")
    distinct.withState { append(base64: $0) }
    append("\"}")
  }
}

extension DistinctCount {
  /// Lends what `append(_: DistinctCount)` writes in base64.
  fileprivate func withState(_ body: (Bytes) -> Void) {
    if isExact {
      hashes.sorted().map(\.bigEndian).withUnsafeBytes(body)
    } else {
      registers.withUnsafeBytes(body)
    }
  }

  /// Reads what `append(_: DistinctCount)` wrote.
  init(_ document: JSONValue) throws(BadRecord) {
    guard var text = document["hashes"]?.string ?? document["registers"]?.string else {
      throw BadRecord("a distinct count without hashes or registers")
    }
    var state = ByteBuffer()
    let isBase64 = text.withUTF8 { state.append(decodingBase64: Bytes($0)) }
    if isBase64, document["hashes"] != nil, state.count % 8 == 0, state.count / 8 <= Self.exactLimit {
      for i in stride(from: 0, to: state.count, by: 8) {
        hashes.insert(UInt64(bigEndian: state.bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)))
      }
    } else if isBase64, document["hashes"] == nil, state.count == Self.registerCount {
      registers = state.bytes.map { min($0, UInt8(64 - Self.precision + 1)) }
    } else {
      throw BadRecord("a distinct count that is none of this release")
    }
  }
}
