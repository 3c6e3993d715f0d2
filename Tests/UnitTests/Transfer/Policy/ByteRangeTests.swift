import Records
import Testing

@testable import Transfer

@Suite struct ByteRangeTests {
  @Test(
    arguments: [
      ("0-99", 0, 99), ("5-5", 5, 5), ("7-", 7, nil), ("0-9223372036854775807", 0, .max),
    ] as [(String, Int, Int?)])
  func reads(argument: String, first: Int, last: Int?) {
    let range = ByteRange(argument: argument)
    #expect(range?.first == first && range?.last == last)
    #expect(range?.headerValue == "bytes=\(argument)")
  }

  @Test(arguments: [
    "", "-", "-5", "5", "9-5", "a-b", "1-2-3", " 1-2", "1 -2", "1-2 ", "+1-2", "1-2,4-5", "0-9223372036854775808",
    "é-1",
    "bytes=0-1",
  ])
  func refuses(argument: String) { #expect(ByteRange(argument: argument) == nil) }

  @Test(arguments: [
    ("0-99", "bytes 0-99/1234", true), ("0-99", "Bytes 0-99/*", true), ("0-99", "bytes 0-49/50", true),
    ("0-99", "bytes 0-49/*", true), ("0-99", "bytes 0-49/1234", false), ("0-99", "bytes 0-100/1234", false),
    ("0-99", "bytes 0-100/*", false), ("0-99", "bytes 1-99/1234", false), ("10-99", "bytes 0-99/1234", false),
    ("10-", "bytes 10-1233/1234", true), ("10-", "bytes 10-1232/1234", false), ("10-", "bytes 10-20/*", true),
    ("0-99", "bytes */1234", false), ("0-99", "bytes 0-99", false), ("0-99", "bytes 0-99/", false),
    ("0-99", "bytes 0-99/99", false), ("0-99", "bytes 0-99/x", false), ("0-99", "bytes=0-99/100", false),
    ("0-99", "0-99/100", false), ("0-99", "", false), ("0-99", "bytes ", false), ("0-99", "bytes 99-0/100", false),
    ("0-99", "items 0-99/100", false), ("0-99", "bytes  0-99/100", true),
    ("0-", "bytes 0-9223372036854775807/*", false),
    ("0-", "bytes 0-18446744073709551615/*", false), ("0-99", "bytes /1-2", false), ("0-99", "bytes 0/99-100", false),
  ])
  func comparesWithTheAnswer(asked: String, answer: String, fits: Bool) throws {
    let range = try #require(ByteRange(argument: asked))
    #expect(lend(answer) { range.fits(contentRange: $0) } == fits)
  }

  @Test func noContentRangeDoesNotFit() throws {
    #expect(try !#require(ByteRange(argument: "0-1")).fits(contentRange: nil))
  }

  @Test func theAnswerSaysWhatItHolds() throws {
    let range = try #require(lend("bytes 10-19/100") { ContentRange($0) })
    #expect(range.first == 10 && range.last == 19 && range.complete == 100)
    let largest = try #require(lend("bytes 0-9223372036854775806/*") { ContentRange($0) })
    #expect(largest.last == .max - 1 && largest.complete == nil)
  }
}
