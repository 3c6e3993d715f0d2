import CXXHash

/// What makes two items the same: a 128-bit XXH3 hash, the same on every machine and in every release, since resumes
/// and shards depend on it. The lowest bit is always 0 and the value never 0: `IdentitySet` uses both.
package struct Identity: Equatable, Sendable {
  package let high: UInt64
  package let low: UInt64

  init(_ hash: cxxhash_128) {
    high = hash.high
    low = hash.low & ~1 == 0 ? 2 : hash.low & ~1
  }

  /// Which of `count` shards the item belongs to, 0-based.
  package func shard(of count: Int) -> Int { Int((high >> 1) % UInt64(count)) }
}

/// Derives identities of records. One function for resume, shards and comparison.
package struct IdentityHash: ~Copyable {
  /// The members that an identity is derived from.
  package static let fields: [Field] = [.url, .accept, .targetPop, .source, .key, .keyBase64, .versionID]

  private var parts = ByteBuffer(capacity: 1024)

  package init() {}

  /// Of a request: method, URL, varying headers, and the point of presence where one is named. Of an object: source, stored name and version.
  package mutating func identity(of record: Record) -> Identity {
    if let url = record.text(.url) {
      return identity(url: url, accept: record.text(.accept), pop: record.text(.targetPop))
    }
    let none = Bytes(start: nil, count: 0)
    return identity(
      source: record.text(.source) ?? none, name: record.text(.keyBase64) ?? record.text(.key) ?? none,
      version: record.text(.versionID))
  }

  /// - Parameter pop: the point of presence that alone is meant; nil: all.
  package mutating func identity(url: Bytes, accept: Bytes?, pop: Bytes? = nil) -> Identity {
    parts.removeAll()
    parts.append("GET")
    add(url)
    add(accept)
    if let pop { add(pop) }
    return hash()
  }

  /// Of a record by all members but those that a tool writes, as they stand in the line: for results, which continue an
  /// output only where they are those of the very same record.
  package mutating func identity(ofBody body: Bytes) -> Identity {
    parts.removeAll()
    parts.append("record")
    add(body.slice(min(1, body.count), body.count).trimmed)
    return hash()
  }

  package mutating func identity(source: Bytes, name: Bytes, version: Bytes?) -> Identity {
    parts.removeAll()
    parts.append("object")
    add(source)
    add(name)
    add(version)
    return hash()
  }

  /// Of an object's present state: a changed size, time or tag makes another one. `name` is what the store calls it.
  package mutating func state(source: Bytes, name: Bytes, version: Bytes?, size: Int?, mtime: Bytes?, etag: Bytes?)
    -> Identity
  {
    parts.removeAll()
    parts.append("state")
    add(source)
    add(name)
    add(version)
    parts.append(size ?? -1)
    add(mtime)
    add(etag)
    return hash()
  }

  /// A part with its length before it, so that no two lists of parts give the same bytes.
  private mutating func add(_ part: Bytes?) {
    var length = UInt32(truncatingIfNeeded: part.map { $0.count + 1 } ?? 0)
    withUnsafeBytes(of: &length) { parts.append($0) }
    if let part { parts.append(part) }
  }

  private borrowing func hash() -> Identity { Identity(cxxhash_xxh3_128(parts.bytes.baseAddress, parts.bytes.count)) }
}

/// A 64-bit XXH3 hash for tables within one run.
package func tableHash(_ bytes: Bytes) -> UInt64 { cxxhash_xxh3_64(bytes.baseAddress, bytes.count) }
