import Records
import Testing

@Suite struct ByteBufferTests {
  @Test func writesIntegers() {
    var random = Seeded(5)
    for value in [0, 1, -1, 9, 10, 99, 100, .max, .min]
      + (0..<1000).map({ _ in Int(bitPattern: UInt(random.next())) >> random.below(64) })
    {
      #expect(written { $0.append(value) } == "\(value)")
    }
  }

  @Test(arguments: [(0, 1, "0"), (0, 3, "000"), (7, 2, "07"), (99, 2, "99"), (100, 2, "100"), (9, 4, "0009")])
  func writesWidths(value: Int, width: Int, text: String) {
    #expect(written { $0.append(value, width: width) } == text)
  }

  @Test(arguments: [
    (0, "0"), (1, "0.001"), (10, "0.01"), (100, "0.1"), (999, "0.999"), (1000, "1"), (12345, "12.345"),
    (12340, "12.34"),
    (12300, "12.3"), (12005, "12.005"), (240_000_000, "240000"),
  ])
  func writesMilliseconds(microseconds: Int, text: String) {
    #expect(written { $0.append(millisecondsFromMicroseconds: microseconds) } == text)
  }

  @Test(arguments: [
    (0.0, 3, "0"), (-0.0, 3, "0"), (1.5, 3, "1.5"), (-1.5, 0, "-2"), (0.001, 3, "0.001"), (0.0004, 3, "0"),
    (0.0005, 3, "0.001"),
    (-0.0004, 3, "0"), (99.9996, 3, "100"), (1.05, 2, "1.05"), (1e15, 0, "1000000000000000"),
    (123.456789, 6, "123.456789"),
    (.infinity, 3, "null"), (-.infinity, 3, "null"), (.nan, 3, "null"),
  ])
  func writesDecimals(value: Double, decimals: Int, text: String) {
    #expect(written { $0.append(value, decimals: decimals) } == text)
  }

  @Test func decimalsAreTheNearest() throws {
    var random = Seeded(6)
    for _ in 0..<5000 {
      let decimals = random.below(7)
      let value = (random.unit() - 0.5) * [1, 1e3, 1e9, 1e12, 1e18, 1e300][random.below(6)]
      let text = written { $0.append(value, decimals: decimals) }
      let number = try #require(try JSONValue(parsing: text).number)
      let half = 0.5 * [1, 0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6][decimals]
      #expect(abs(number - value) <= half * (1 + 1e-9) + value.ulp, "\(value) \(decimals) \(text)")
      let fraction = text.contains("e") ? nil : text.split(separator: ".").dropFirst().first
      if value.magnitude < 1e9 {
        #expect((fraction?.count ?? 0) <= decimals && fraction?.hasSuffix("0") != true, "\(text)")
      }
    }
  }

  @Test func growsCutsAndShifts() {
    var buffer = ByteBuffer(capacity: 1)
    var expected: [UInt8] = []
    for i in 0..<10_000 {
      buffer.append(byte: UInt8(i & 255))
      expected.append(UInt8(i & 255))
    }
    buffer.removeFirst(1234)
    buffer.truncate(to: 5000)
    buffer.truncate(to: 9999)
    buffer.removeByte(at: 17)
    expected = Array(expected[1234..<6234])
    expected.remove(at: 17)
    buffer.append([1, 2, 3])
    buffer.append("é")
    #expect(Array(buffer.bytes) == expected + [1, 2, 3, 0xC3, 0xA9])
    buffer.removeAll()
    #expect(buffer.isEmpty && buffer.bytes.isEmpty)
  }

  @Test(
    arguments: [
      ("0", 0), ("007", 7), ("9223372036854775807", .max), ("9223372036854775808", nil), ("99999999999999999999", nil),
      ("", nil), ("+1", nil), ("-1", nil), (" 1", nil), ("1 ", nil), ("1.0", nil), ("1a", nil),
    ] as [(String, Int64?)])
  func readsDecimals(text: String, value: Int64?) { #expect(lend(text) { $0.decimal } == value) }
}
