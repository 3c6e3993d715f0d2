import Measure
import Records
import Reports
import Testing

@Suite struct SizeReportTests {
  private static let mebibyte = 1 << 20
  /// In the eight buckets: 1, 2, 0, 1, 0, 1, 0, 1 objects.
  private static let sizes = [100, 2000, 3000, 2 << 20, 300 << 20, 2 << 30]
  private static let lines = sizes.enumerated().map { i, size in
    let isVideo = i > 3
    return #"{"key":"k\#(i).\#(isVideo ? "mp4" : "JPG")","size":\#(size),"media":"\#(isVideo ? "video" : "image")"}"#
  }
  private static let total = sizes.reduce(0, +)

  @Test func overviewHasTheFigures() throws {
    let page = try page(Self.lines)
    #expect(page.title == "Sizes" && page.introduction.isEmpty && page.sections.allSatisfy { $0.isRectangular })
    #expect(page.figure("Objects") == .count(6) && page.figure("Bytes") == .bytes(Double(Self.total)))
    #expect(page.figure("Mean") == .bytes(Double(Self.total) / 6) && page.figure("Largest") == .bytes(2_147_483_648))
    let deviation = try #require(page.figure("Standard deviation")?.number)
    let mean = Double(Self.total) / 6
    let variance = Self.sizes.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / 6
    #expect(abs(deviation / variance.squareRoot() - 1) < 1e-9)
    let median = try #require(page.figure("Median")?.number)
    #expect(abs(median / 3000 - 1) <= LogBins.relativeError)
    #expect(page.figure("Large above") == .bytes(268_435_456) && page.figure("Large objects") == .count(2))
    #expect(page.figure("Bytes of large objects") == .bytes(Double(300 << 20 + 2 << 30)))
    #expect(page.figure("Records without a size") == nil && page.figure("Different keys") == .count(6))
  }

  @Test func allBucketsAreThere() throws {
    let section = try page(Self.lines).section("Size buckets")
    #expect(section.column("size_bucket") == SizeBucket.allCases.map { .text("\($0.literal)") })
    #expect(section.column("count") == counts(1, 2, 0, 1, 0, 1, 0, 1))
    #expect(section.column("share")[1] == .share(2.0 / 6) && section.column("share")[2] == .share(0))
    #expect(section.column("bytes")[1] == .bytes(5000) && section.column("bytes")[7] == .bytes(2_147_483_648))
    let shares = section.column("share_of_bytes").compactMap(\.number)
    #expect(shares.count == 8 && abs(shares.reduce(0, +) - 1) < 1e-9)
    #expect(section.bars.first?.series.first?.values == [1, 2, 0, 1, 0, 1, 0, 1])
  }

  @Test func kindsAreInTheOrderOfTheirBytes() throws {
    let page = try page(Self.lines)
    let extensions = page.section("Extension")
    #expect(extensions.column("extension") == texts("mp4", "jpg") && extensions.column("count") == counts(2, 4))
    let images = Double(100 + 2000 + 3000 + (2 << 20))
    #expect(
      extensions.column("bytes").last == .bytes(images) && extensions.column("mean_bytes").last == .bytes(images / 4))
    #expect(extensions.column("share_of_bytes").last == .share(images / Double(Self.total)))
    #expect(page.section("Media").column("media") == texts("video", "image"))
    let mixed = try self.page(Self.lines + [#"{"key":"unknown.jpg"}"#])
    #expect(mixed.figure("Records without a size") == .count(1))
    #expect(mixed.section("Extension").column("mean_bytes") == [.none, .none])
  }

  @Test func theLargestAreFlagged() throws {
    var options = Summary.Options()
    options.sizeThreshold = 300 << 20
    let page = SizeReport(all: try summary(of: Self.lines, options: options), groups: []).page
    let section = page.section("Largest objects")
    #expect(section.column("key").prefix(2) == [.text("k5.mp4"), .text("k4.mp4")] && section.rows.count == 6)
    #expect(section.column("large") == [.flag(true)] + [Page.Cell](repeating: .flag(false), count: 5))
    #expect(page.figure("Large objects") == .count(1) && page.figure("Large above") == .bytes(314_572_800))
  }

  @Test func resultsSayThatTheyAreNoObjects() throws {
    let objects = try page([#"{"key":"a.mp4","size":5,"ok":true,"bytes":3}"#])
    #expect(objects.introduction.first?.contains("three times") == true && objects.figure("Objects") == .count(1))
    let bodies = try page([#"{"url":"http://h/a.mp4","ok":true,"bytes":3}"#])
    #expect(bodies.introduction.first?.contains("bodies received") == true && bodies.figure("Bodies") == .count(1))
    #expect(bodies.figure("Bytes") == .bytes(3) && bodies.section("Largest objects").rows.isEmpty)
    #expect(bodies.section("Extension").rows == [[.text("mp4"), .count(1), .bytes(3), .bytes(3), .share(1)]])
    let nothing = try page([#"{"key":"a"}"#])
    #expect(nothing.introduction == ["No record tells a size."] && nothing.sections.isEmpty)
    #expect(try page([]).sections.isEmpty)
  }

  @Test func groupsHaveATableOfTheirOwn() throws {
    let grouping = try grouping(of: Self.lines, by: .field(.media))
    let section = SizeReport(all: grouping.all, groups: grouping.ranking).page.section("By media")
    #expect(section.column("media") == texts("image", "video") && section.column("objects") == counts(4, 2))
    #expect(section.column("max_bytes") == [.bytes(2_097_152), .bytes(2_147_483_648)])
  }

  // MARK: Large videos

  /// 1000 MB in 500 s are 16 Mbit/s; at 1080 lines h264 needs 8, h265 5, vp9 2.7 and av1 3.5.
  private static let known =
    #"{"key":"a.mp4","size":1000000000,"media":"video","codec":"h264","duration_seconds":500,"height":1080}"#

  @Test func savingsFollowFromBitRates() throws {
    let section = try page([Self.known]).section("Large videos")
    #expect(
      section.row("h264").prefix(6) == [
        .text("h264"), .count(1), .bytes(1e9), .count(1), .bytes(1e9), .number(16),
      ])
    let saved = ["h264", "h265", "vp9", "av1"].map { section.column("saved_\($0)_bytes").first?.number ?? 0 }
    for (saved, wanted) in zip(saved, [500e6, 687.5e6, 831.25e6, 781.25e6]) { #expect(abs(saved - wanted) < 1) }
    #expect(section.column("best") == texts("vp9"))
    #expect(section.notes.count == 1 && section.notes[0].contains("2.7 with vp9"))
    let advice = try #require(section.advice.first)
    #expect(section.advice.count == 1 && advice.rule == "encode_anew" && advice.level == .warning)
    #expect(advice.title == "h264: encode 1 large video with vp9" && advice.text.contains("83.1 %"))
    let bars = try #require(section.bars.first)
    #expect(bars.layout == .sideBySide && bars.categories == ["h264"])
    #expect(bars.series.map(\.name) == ["now", "with h264", "with h265", "with vp9", "with av1"])
    #expect(bars.series.first?.values == [1e9] && abs((bars.series[3].values.first ?? 0) - 168.75e6) < 1)
  }

  @Test func nothingIsSavedOfWhatIsSmallEnough() throws {
    let lean =
      #"{"key":"b.mp4","size":300000000,"media":"video","codec":"av1","duration_seconds":9000,"height":1080}"#
    let section = try page([lean]).section("Large videos")
    #expect(section.advice.isEmpty && section.column("best") == [.none] && section.column("saved_share") == [.none])
    #expect(section.column("saved_vp9_bytes") == [.bytes(0)])
  }

  @Test func whatIsUnknownIsNotGuessed() throws {
    let unknown = #"{"key":"c.mp4","size":900000000,"media":"video"}"#
    let section = try page([unknown]).section("Large videos")
    #expect(section.rows.count == 1 && section.plots.isEmpty && section.notes.isEmpty)
    #expect(section.rows[0].dropFirst(5).allSatisfy { $0 == .none })
    let advice = try #require(section.advice.first)
    #expect(section.advice.count == 1 && advice.rule == "unknown_bit_rates")
    #expect(advice.text.contains("ffprobe") && advice.text.contains(".size > 268435456"))
    #expect(advice.figures.map(\.value) == counts(1, 1, 1))
    #expect(advice.title == "The bit rate of 1 of 1 large videos is not known")
    let both = try page([unknown, Self.known]).section("Large videos")
    #expect(both.advice.map(\.rule) == ["encode_anew", "unknown_bit_rates"] && both.bars.first?.categories == ["h264"])
    #expect(try page(Self.lines.prefix(4).map { $0 }).section("Large videos").isEmpty)
  }

  private func page(_ lines: [String]) throws -> Page { SizeReport(all: try summary(of: lines), groups: []).page }
}
