import Records
import Reports
import Testing

@Suite struct CellTests {
  @Test(
    arguments: [
      (.text("a"), "a", #""a""#), (.text("a\"b"), "a\"b", #""a\"b""#), (.none, "–", "null"),
      (.flag(true), "yes", "true"), (.flag(false), "no", "false"),
      (.time(Timestamp(milliseconds: 1_772_366_399_999)), "2026-03-01 11:59:59 UTC", #""2026-03-01T11:59:59.999Z""#),
      (.count(0), "0", "0"), (.count(999), "999", "999"), (.count(1000), "1,000", "1000"),
      (.count(1_234_567), "1,234,567", "1234567"), (.count(-1000), "-1,000", "-1000"), (.count(-100), "-100", "-100"),
      (.count(.max), "9,223,372,036,854,775,807", #""9223372036854775807""#),
      (.count(.min), "-9,223,372,036,854,775,808", #""-9223372036854775808""#),
      (.number(0), "0", "0"), (.number(0.1234), "0.123", "0.123"), (.number(1.024), "1.02", "1.024"),
      (.number(999.5), "999.5", "999.5"), (.number(12_345.6), "12,346", "12345.6"), (.number(1e20), "1e+20", "1e+20"),
      (.share(0), "0.0 %", "0"), (.share(0.1234567), "12.3 %", "0.123457"), (.share(1), "100.0 %", "1"),
      (.change(0.3), "+30.0 %", "0.3"), (.change(-0.12), "−12.0 %", "-0.12"), (.change(0), "0.0 %", "0"),
      (.change(-0.0004), "−0.040 %", "-0.0004"), (.change(1e-9), "+0.00000010 %", "0"),
    ] as [(Page.Cell, String, String)])
  func areShownAndWritten(cell: Page.Cell, display: String, json: String) {
    #expect(cell.display == display)
    #expect(written { cell.appendJSON(to: &$0) } == json)
  }

  @Test(
    arguments: [
      (.milliseconds(0), "0.00 ms", "0"), (.milliseconds(1.005), "1.00 ms", "1.005"),
      (.milliseconds(9.5), "9.50 ms", "9.5"), (.milliseconds(12.34), "12 ms", "12.34"),
      (.milliseconds(9999), "9999 ms", "9999"), (.milliseconds(12_345), "12.3 s", "12345"),
      (.milliseconds(-12_345), "-12.3 s", "-12345"), (.milliseconds(900_000), "15.0 min", "900000"),
      (.seconds(1.25), "1.3 s", "1.25"), (.seconds(99.94), "99.9 s", "99.94"), (.seconds(100.4), "100 s", "100.4"),
      (.seconds(5000), "83.3 min", "5000"), (.seconds(7200), "2.0 h", "7200"),
      (.seconds(7.2e6), "2,000.0 h", "7200000"),
      (.bytes(0), "0 B", "0"), (.bytes(1023), "1023 B", "1023"), (.bytes(1024), "1.0 KiB", "1024"),
      (.bytes(1536), "1.5 KiB", "1536"), (.bytes(-1536), "-1.5 KiB", "-1536"), (.bytes(102_400), "100 KiB", "102400"),
      (.bytes(5 * 1_073_741_824), "5.0 GiB", "5368709120"), (.bytes(1e18), "888 PiB", "1e+18"),
      (.perSecond(0.5), "0.5/s", "0.5"), (.perSecond(1234.5), "1,235/s", "1234.5"),
      (.bytesPerSecond(2048), "2.0 KiB/s", "2048"),
    ] as [(Page.Cell, String, String)])
  func haveTheirUnits(cell: Page.Cell, display: String, json: String) {
    #expect(cell.display == display)
    #expect(written { cell.appendJSON(to: &$0) } == json)
  }

  /// 0 and 100 % are shown of what is exactly that.
  @Test(
    arguments: [
      (1.0 / 3000, "0.033 %"), (0.9997, "99.970 %"), (0.999_999, "99.99990 %"), (0.0099, "0.99 %"), (0.01, "1.0 %"),
      (0.99, "99.0 %"), (0.9951, "99.51 %"), (1e-10, "0.000000010 %"), (.leastNonzeroMagnitude, "4.94e-322 %"),
      (3, "300.0 %"),
      (-0.0001, "-0.010 %"), (1.0001, "100.010 %"), (0.5, "50.0 %"), (1e300, "1e+302 %"),
    ] as [(Double, String)])
  func sharesAreNeverRoundedToNoneOrAll(share: Double, display: String) {
    #expect(Page.Cell.share(share).display == display)
  }

  @Test func noShareOfManyIsShownAsNoneOrAll() {
    for whole in [101, 1000, 1001, 2000, 3000, 9_999, 1_000_000, 123_456_789, 1 << 40] {
      for part in [1, 2, whole / 1000, whole / 200, whole / 100, whole - 1, whole - 2, whole - whole / 150]
      where part > 0 && part < whole {
        let text = Page.Cell.share(Double(part) / Double(whole)).display
        let number = Double(text.dropLast(2)) ?? -1
        #expect(number > 0 && number < 100, "\(part) of \(whole): \(text)")
        #expect(abs(number / 100 * Double(whole) - Double(part)) <= Double(part) * 0.06, "\(part) of \(whole): \(text)")
      }
    }
  }

  @Test(arguments: Page.Unit.allCases, [Double.nan, .infinity, -.infinity])
  func whatIsNoNumberIsNotKnown(unit: Page.Unit, value: Double) {
    #expect(unit.cell(value).display == "–" && unit.cell(value).number == nil)
    #expect(written { unit.cell(value).appendJSON(to: &$0) } == "null")
  }

  @Test(arguments: Page.Unit.allCases)
  func unitsMakeCellsOfAnyValue(unit: Page.Unit) throws {
    for value in [0, 1, -1, 0.5, 1e9, -1e9, 1e300, -1e300, .greatestFiniteMagnitude, .leastNonzeroMagnitude] {
      #expect(!unit.cell(value).display.isEmpty)
      #expect(try JSONValue(parsing: written { unit.cell(value).appendJSON(to: &$0) }) != .null)
    }
    #expect(unit.cell(3).number == 3)
  }
}
