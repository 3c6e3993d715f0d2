/// Bins whose width grows with the value, so that any value in a bin is within `relativeError` of the bin's estimate.
///
/// The index is a cubic approximation of log2, taken from the bits of a double: exact where a logarithm would only be slow
/// (C. Masson, J. Rim, H. Lee: DDSketch, VLDB 2019, and its cubically interpolated mapping). Bin i holds
/// (lower(i), lower(i + 1)].
package enum LogBins {
  package static let relativeError = 0.01

  private static let a = 6.0 / 35
  private static let b = -3.0 / 5
  private static let c = 10.0 / 7
  /// Bins for each unit of the approximation; its slope against ln is at least `c`. ln((1 + e) / (1 - e)), e = 0.01.
  private static let binsPerUnit = 1 / (c * 0.020000666706669432)

  /// The bin of a positive, normal value.
  @inline(__always) package static func index(_ value: Double) -> Int {
    Int((approximateLog2(value) * binsPerUnit).rounded(.up))
  }

  @inline(__always) private static func approximateLog2(_ value: Double) -> Double {
    let bits = value.bitPattern
    let exponent = Double(Int(bits >> 52) - 1023)
    let s = Double(bitPattern: bits & 0x000F_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000) - 1
    return ((a * s + b) * s + c) * s + exponent
  }

  /// The value from which no value of bin `index` is further than `relativeError`.
  package static func estimate(_ index: Int) -> Double {
    let low = upperEnd(index - 1)
    let high = upperEnd(index)
    return 2 * low / (1 + low / high)
  }

  /// The largest value of bin `index`: the approximation inverted, by bisection.
  private static func upperEnd(_ index: Int) -> Double {
    let target = Double(index) / binsPerUnit
    let exponent = target.rounded(.down)
    var low = 0.0
    var high = 1.0
    for _ in 0..<60 {
      let s = (low + high) / 2
      if ((a * s + b) * s + c) * s < target - exponent { low = s } else { high = s }
    }
    return Double(sign: .plus, exponent: Int(exponent), significand: 1 + high)
  }
}
