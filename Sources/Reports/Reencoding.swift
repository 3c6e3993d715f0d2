import Measure

/// What encoding the large videos anew could save.
struct Reencoding {
  private let large: LargeObjects
  private let videos: [Videos]

  /// Those of one codec.
  private struct Videos {
    let name: String
    let count: Int
    let bytes: Double
    /// Of those whose bit rate is known.
    let known: Int
    let knownBytes: Double
    let knownSeconds: Double
    /// By the target codecs, of those whose bit rate is known.
    let saved: [Double]

    init(_ name: String, _ codec: LargeObjects.Codec) {
      self.name = name
      count = codec.count
      bytes = Double(codec.bytes)
      known = codec.known
      knownBytes = Double(codec.knownBytes)
      knownSeconds = codec.knownSeconds
      saved = codec.saved.map { min(max($0, 0), Double(codec.knownBytes)) }
    }

    var megabitsPerSecond: Double? { knownSeconds > 0 ? knownBytes * 8 / 1e6 / knownSeconds : nil }

    /// The place of the codec that would save most, if one would save anything.
    var best: Int? { saved.indices.max { (saved[$0], $1) < (saved[$1], $0) }.flatMap { saved[$0] > 0 ? $0 : nil } }
  }

  init(_ large: LargeObjects) {
    self.large = large
    videos = large.codecs.map { Videos($0, $1) }.sorted { ($1.bytes, $0.name) < ($0.bytes, $1.name) }
  }

  var section: Page.Section {
    guard !videos.isEmpty else { return Page.Section("Large videos") }
    var section = Page.Section("Large videos", columns, of: videos)
    if videos.contains(where: { $0.known > 0 }) {
      section.notes = [source]
      section.plots = [.bars(plot)]
    }
    section.advice = videos.prefix(Self.adviceLimit).compactMap(advice) + unknown
    return section
  }

  private static let adviceLimit = 10

  private var columns: [TableColumn<Videos>] {
    [
      .init("Codec", "codec") { $0.name },
      .init("Videos", "count", .count) { Double($0.count) },
      .init("Bytes", "bytes", .bytes) { $0.bytes },
      .init("Rate known", "known", .count) { Double($0.known) },
      .init("Known bytes", "known_bytes", .bytes) { $0.knownBytes },
      .init("Mbit/s", "mbit_per_second", .plain) { $0.megabitsPerSecond },
    ]
      + TargetRates.codecs.enumerated().map { i, codec in
        .init("\(codec) saves", "saved_\(codec)_bytes", .bytes) { $0.known > 0 ? $0.saved[i] : nil }
      } + [
        .init("Best", "best") { $0.best.map { TargetRates.codecs[$0] } },
        .init("Best saves", "saved_share", .share) { videos in
          videos.best.flatMap { share(videos.saved[$0], of: videos.knownBytes) }
        },
      ]
  }

  /// Before and after.
  private var plot: Page.Bars {
    let known = Array(videos.filter { $0.known > 0 }.prefix(Self.adviceLimit))
    let after = TargetRates.codecs.enumerated().map { i, codec in
      (name: "with \(codec)", tone: Page.Tone.plain(i), values: known.map { $0.knownBytes - $0.saved[i] })
    }
    return Page.Bars(
      title: "Large videos of known bit rate, now and encoded anew", layout: .sideBySide, unit: .bytes,
      categories: known.map(\.name), series: [("now", .neutral, known.map(\.knownBytes))] + after)
  }

  private var source: String {
    let rates = zip(TargetRates.codecs, TargetRates.bitsPerSecond(height: 1080)).map { codec, rate in
      "\(Page.Cell.number(rate / 1e6).display) with \(codec)"
    }
    return "Savings follow from the bit rate that a video of its height needs at a balanced quality, in Mbit/s at "
      + "1080 lines: \(rates.joined(separator: ", ")). It is where these encoders start; what a video really needs "
      + "depends on what it shows."
  }

  private func advice(_ videos: Videos) -> Page.Advice? {
    guard let best = videos.best, let part = share(videos.saved[best], of: videos.knownBytes) else { return nil }
    let saved = Page.Cell.bytes(videos.saved[best])
    let after = Page.Cell.bytes(videos.knownBytes - videos.saved[best])
    let number = Page.Cell.count(videos.known).display
    let codec = TargetRates.codecs[best]
    return Page.Advice(
      rule: "encode_anew", level: part >= 0.5 ? .warning : .info,
      title: "\(videos.name): encode \(number) large \(videos.known == 1 ? "video" : "videos") with \(codec)",
      text: "That would take about \(after.display) instead of \(Page.Cell.bytes(videos.knownBytes).display), and save "
        + "\(saved.display), \(Page.Cell.share(part).display) of it.",
      figures: [
        ("videos", .count(videos.known)), ("bytes", .bytes(videos.knownBytes)),
        ("Mbit/s", videos.megabitsPerSecond.map { .number($0) } ?? .none),
      ] + zip(TargetRates.codecs, videos.saved).map { ("saved with \($0)", .bytes($1)) })
  }

  /// How to learn what is not known.
  private var unknown: [Page.Advice] {
    let count = videos.reduce(0) { $0 &+ $1.count }
    let rates = videos.reduce(0) { $0 &+ max($1.count &- $1.known, 0) }
    let codecs = videos.first { $0.name == LargeObjects.unknownName }?.count ?? 0
    guard rates > 0 || codecs > 0 else { return [] }
    let missing = rates > 0 ? (what: "bit rate", count: rates) : (what: "codec", count: codecs)
    let numbers = "\(Page.Cell.count(missing.count).display) of \(Page.Cell.count(count).display)"
    let probe = """
      jq -c 'select(.media == "video" and .size > \(large.threshold))' objects.ndjson | while IFS= read -r o; do \
      ffprobe -v error -select_streams v:0 -show_entries stream=codec_name,height:format=duration -of json \
      "DIRECTORY/$(printf %s "$o" | jq -r .key)" </dev/null | jq -c --argjson o "$o" '$o + {codec: .streams[0].codec_name, \
      height: .streams[0].height, duration_seconds: (.format.duration | tonumber)}'; done >videos.ndjson
      """
    return [
      Page.Advice(
        rule: "unknown_bit_rates", level: .info, title: "The \(missing.what) of \(numbers) large videos is not known",
        text: "What they could save follows from codec, duration_seconds and height, which these records lack. "
          + "To add them to the records of large videos: \(probe)",
        figures: [
          ("large videos", .count(count)), ("of unknown bit rate", .count(rates)), ("of unknown codec", .count(codecs)),
        ])
    ]
  }
}
