import Testing

@testable import Transfer

@Suite struct ExpectedStatusTests {
  @Test(arguments: [
    ("200", [200...200]), ("200,206,404", [200...200, 206...206, 404...404]), ("2xx", [200...299]),
    ("5XX", [500...599]), ("200-299", [200...299]), ("100-599", [100...599]), ("200-200", [200...200]),
    ("2xx, 404", [200...299, 404...404]), (" 3xX ,410-415", [300...399, 410...415]),
  ])
  func contains(argument: String, ranges: [ClosedRange<Int>]) throws {
    let expected = try #require(ExpectedStatus(argument: argument))
    for status in -1...700 { #expect(expected.contains(status) == ranges.contains { $0.contains(status) }) }
  }

  @Test(arguments: [
    "", ",", "200,", ",200", "200,,206", "99", "600", "0xx", "6xx", "xxx", "2x", "2xxx", "299-200", "200-", "-200",
    "200-2xx",
    "200-210-220", "+20", "２００", "2 00", "200 206", "20x", "ok", "99999999999999999999", "éxx",
  ])
  func refuses(argument: String) { #expect(ExpectedStatus(argument: argument) == nil) }
}
