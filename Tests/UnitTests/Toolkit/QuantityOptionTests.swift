import Records
import Testing
import Toolkit

@Suite struct QuantityOptionTests {
  @Test(arguments: [
    ("0", 0), ("500", 500), ("500B", 500), ("10k", 10240), ("10K", 10240), ("10KiB", 10240), ("10kib", 10240),
    ("10KB", 10_000),
    ("1.5GiB", 1_610_612_736), ("2MB", 2_000_000), ("1g", 1 << 30), ("1TiB", 1 << 40), ("3PB", 3_000_000_000_000_000),
    ("0.5k", 512), ("7P", 7 << 50), ("1.9", 1),
  ])
  func readsSizes(text: String, bytes: Int) { #expect(ByteSize(argument: text)?.bytes == bytes) }

  @Test(arguments: [
    "", " ", "k", "-1", "+1", "1x", "1kk", "1ki", "1ib", "1 k", " 1", "1e3", "0x10", "1.2.3", ".", "nan", "inf", "1kbb",
    "9000P",
    "１０", "1,5k", "99999999999999999999",
  ])
  func refusesWhatIsNoSize(text: String) { #expect(ByteSize(argument: text) == nil) }

  @Test(arguments: [
    ("0s", 0), ("90s", 90), ("30m", 1800), ("12h", 43_200), ("7d", 604_800), ("2w", 1_209_600), ("0.5h", 1800),
  ])
  func readsAges(text: String, seconds: Int) throws {
    let expected = Timestamp.now.milliseconds - seconds * 1000
    let time = try #require(PointInTime(argument: text)?.time)
    #expect((0...2000).contains(time.milliseconds - expected))
  }

  @Test func readsDatesAndTimes() {
    #expect(PointInTime(argument: "1970-01-02")?.time.milliseconds == 86_400_000)
    #expect(PointInTime(argument: "1970-01-01T00:00:01.5Z")?.time.milliseconds == 1500)
  }

  @Test(arguments: [
    "", "7", "d", "-1d", "7x", "1970", "1970-13-01", "yesterday", "infd", "nand", "1e99w", "7 d", "7dd",
  ])
  func refusesWhatIsNoTime(text: String) { #expect(PointInTime(argument: text) == nil) }

  @Test(arguments: [("1/1", 1, 1), ("1/2", 1, 2), ("1000/1000", 1000, 1000)])
  func readsShards(text: String, index: Int, count: Int) {
    #expect(Shard(argument: text)?.index == index && Shard(argument: text)?.count == count)
  }

  @Test(arguments: [
    "", "1", "/", "0/1", "2/1", "1/0", "-1/2", "1/-2", "1/2/3", "a/b", "1/", "/1", "1.0/2", " 1/2",
    "1/99999999999999999999",
  ])
  func refusesWhatIsNoShard(text: String) { #expect(Shard(argument: text) == nil) }

  @Test(arguments: [
    ("a,b,c", ["a", "b", "c"]), (" a , b ", ["a", "b"]), (",,a,,", ["a"]), ("", []), (" , ", []), ("a b", ["a b"]),
    ("ä", ["ä"]),
  ])
  func readsLists(text: String, words: [String]) {
    #expect(CommaList(argument: text)?.words == words)
    #expect(CommaList(argument: CommaList(words).defaultValueDescription) == CommaList(words))
  }
}
