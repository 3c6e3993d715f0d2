import Records

/// The objects above a threshold, and what encoding the videos among them anew could save.
package struct LargeObjects: Sendable {
  /// Bytes; larger objects are counted.
  package let threshold: Int
  package private(set) var count = 0
  package private(set) var bytes = 0
  /// The videos among them by the `codec` that their records name; beyond 100, and without one, `(other)` and `(unknown)`.
  package private(set) var codecs: [String: Codec] = [:]

  package static let unknownName = "(unknown)"
  private static let limit = 100

  package struct Codec: Sendable {
    package fileprivate(set) var count = 0
    package fileprivate(set) var bytes = 0
    /// Of those whose bit rate follows from `duration_seconds`, and whose `height` is known.
    package fileprivate(set) var known = 0
    package fileprivate(set) var knownBytes = 0
    package fileprivate(set) var knownSeconds = 0.0
    /// Bytes that encoding the known ones with each codec of `TargetRates` would save; one that would not shrink saves none.
    package fileprivate(set) var saved = [Double](repeating: 0, count: TargetRates.codecs.count)

    fileprivate mutating func merge(_ other: Codec) {
      count &+= other.count
      bytes = saturatingSum(bytes, other.bytes)
      known &+= other.known
      knownBytes = saturatingSum(knownBytes, other.knownBytes)
      knownSeconds += other.knownSeconds
      for i in saved.indices { saved[i] += other.saved[i] }
    }
  }

  init(threshold: Int) { self.threshold = threshold }

  @inline(__always) mutating func add(_ record: Record, size: Int) {
    if size > threshold { addLarge(record, size: size) }
  }

  private mutating func addLarge(_ record: Record, size: Int) {
    count += 1
    bytes = saturatingSum(bytes, size)
    guard record.text(.media)?.equals("video") ?? false else { return }
    var codec = Codec()
    codec.count = 1
    codec.bytes = size
    if let seconds = record.number(.duration), seconds > 0, seconds < 1e9, let height = record.whole(.height),
      height > 0, record.text(.codec) != nil
    {
      codec.known = 1
      codec.knownBytes = size
      codec.knownSeconds = seconds
      codec.saved = TargetRates.bitsPerSecond(height: height).map { max(0, Double(size) - $0 / 8 * seconds) }
    }
    add(codec, record.text(.codec).flatMap(Self.name) ?? Self.unknownName)
  }

  /// Nil where it can be no codec's name; with NUL it could not be a member's.
  private static func name(_ codec: Bytes) -> String? {
    codec.count <= 32 && codec.firstIndex(of: 0) == nil ? codec.string : nil
  }

  private mutating func add(_ codec: Codec, _ name: String) {
    let hasRoom = codecs[name] != nil || codecs.count < Self.limit
    codecs[hasRoom ? name : ValueCounter.otherName, default: Codec()].merge(codec)
  }

  /// Adds what another one of the same threshold holds.
  mutating func merge(_ other: LargeObjects) {
    count &+= other.count
    bytes = saturatingSum(bytes, other.bytes)
    for (name, codec) in other.codecs { add(codec, name) }
  }
}

/// What a video needs at a balanced quality.
package enum TargetRates {
  private static let rows = Table(PackageResources.target_rates_tsv).rows.compactMap {
    row -> (height: Int, megabits: [Double])? in
    Int(row[0]).map { ($0, row.dropFirst().compactMap { Double($0) }) }
  }

  package static let codecs = ["h264", "h265", "vp9", "av1"]

  /// By the codecs: of the least height in the table that is not below this one, or of the greatest.
  package static func bitsPerSecond(height: Int) -> [Double] {
    ((rows.first { $0.height >= height } ?? rows.last)?.megabits ?? []).map { $0 * 1e6 }
  }
}

extension ByteBuffer {
  /// Appends the large objects as an object of a summary.
  mutating func append(_ large: LargeObjects) {
    append("{\"threshold_bytes\":")
    append(interoperable: large.threshold)
    append(",\"count\":")
    append(large.count)
    append(",\"bytes\":")
    append(interoperable: large.bytes)
    append(",\"codecs\":{")
    for (i, (name, codec)) in large.codecs.sorted(by: { ($1.value.bytes, $0.key) < ($0.value.bytes, $1.key) })
      .enumerated()
    {
      if i > 0 { append(byte: 0x2C) }
      append(quoted: name)
      append(byte: 0x3A)
      append(codec)
    }
    append("}}")
  }

  private mutating func append(_ codec: LargeObjects.Codec) {
    append("{\"count\":")
    append(codec.count)
    append(",\"bytes\":")
    append(interoperable: codec.bytes)
    append(",\"known\":")
    append(codec.known)
    append(",\"known_bytes\":")
    append(interoperable: codec.knownBytes)
    append(",\"known_seconds\":")
    append(exact: codec.knownSeconds)
    append(",\"saved_bytes\":{")
    for (i, name) in TargetRates.codecs.enumerated() {
      append(text: i > 0 ? ",\"\(name)\":" : "\"\(name)\":")
      append(codec.saved[i], decimals: 0)
    }
    append("}}")
  }
}

extension LargeObjects {
  /// Reads what `append(_: LargeObjects)` wrote.
  init(_ document: JSONValue) throws(BadRecord) {
    guard let threshold = document["threshold_bytes"]?.integer, let count = document["count"]?.count,
      let bytes = document["bytes"]?.integer, bytes >= 0
    else { throw BadRecord("large objects that are none of this release") }
    self.init(threshold: threshold)
    self.count = count
    self.bytes = bytes
    for (name, value) in (document["codecs"]?.members ?? []).prefix(Self.limit + 1) {
      var codec = Codec()
      codec.count = value["count"]?.count ?? 0
      codec.bytes = max(value["bytes"]?.integer ?? 0, 0)
      codec.known = value["known"]?.count ?? 0
      codec.knownBytes = max(value["known_bytes"]?.integer ?? 0, 0)
      codec.knownSeconds = value["known_seconds"]?.number ?? 0
      codec.saved = TargetRates.codecs.map { value["saved_bytes"]?[$0]?.number ?? 0 }
      codecs[name] = codec
    }
  }
}
