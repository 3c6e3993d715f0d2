import Records
import Testing

@Suite struct IdentityTests {
  /// Resumes and shards of other releases depend on these very values.
  @Test(arguments: [
    (#"{"url":"https://cdn.example.com/a.jpg"}"#, "9be5bd77c17dc0f2", "735bea11b2a317ea"),
    (
      #"{"url":"https://cdn.example.com/a.jpg","accept":"image/avif","key":"a.jpg","size":5}"#, "cd15a5cd1ea3f92b",
      "d5bdb4fffb6d3fd6"
    ),
    (#"{"source":"file:///srv/media/","key":"a.jpg"}"#, "40eaaf4bdbc6cc62", "eb8d84acfdd85452"),
    (
      #"{"source":"s3://bucket/","key":"a.jpg","version_id":"3HL4kqtJlcpXrof3"}"#, "cbf1f12b450105ec",
      "f178af27a72d71de"
    ),
    (#"{"source":"file:///srv/","key":"�.mp4","key_base64":"/y5tcDQ="}"#, "c8cfe5613dbd98ba", "bef8f312a9aae7ce"),
    ("{}", "33fa4a646d6a558e", "2f4bb76d330cd7c6"),
  ])
  func neverChanges(line: String, high: String, low: String) throws {
    let identity = try identity(of: line)
    #expect(String(identity.high, radix: 16) == high && String(identity.low, radix: 16) == low)
  }

  @Test func dependsOnWhatVariesTheAnswerAlone() throws {
    let a = try identity(of: #"{"url":"http://h/a","accept":"x","status":200,"key":"k","source":"s"}"#)
    #expect(try a == identity(of: #"{"ok":false,"accept":"x","url":"http:\/\/h\/a","size":1}"#))
    #expect(try a != identity(of: #"{"url":"http://h/a"}"#))
    #expect(try a != identity(of: #"{"url":"http://h/b","accept":"x"}"#))
  }

  @Test func partsDoNotRunTogether() throws {
    var random = Seeded(10)
    var seen: [String: String] = [:]
    for _ in 0..<20_000 {
      let letters = (0..<4).map { _ in
        random.below(4) == 0 ? nil : String((0..<random.below(3)).map { _ in random.pick(Array("ab")) })
      }
      var hash = IdentityHash()
      let parts = letters.map { Array(($0 ?? "").utf8) }
      let identity = parts[0].withUnsafeBytes { a in
        parts[1].withUnsafeBytes { b in
          parts[2].withUnsafeBytes { c in
            letters[3] == nil
              ? hash.identity(url: a, accept: letters[2] == nil ? nil : c)
              : hash.identity(source: a, name: b, version: letters[2] == nil ? nil : c)
          }
        }
      }
      let version = letters[2].map { "“\($0)”" } ?? "-"
      let item =
        letters[3] == nil
        ? "url \(letters[0] ?? "") \(version)" : "object \(letters[0] ?? "")|\(letters[1] ?? "") \(version)"
      let name = "\(identity.high) \(identity.low)"
      #expect(seen[name, default: item] == item)
      seen[name] = item
      #expect(identity.low & 1 == 0 && identity.low != 0)
    }
    #expect(Set(seen.values).count == seen.count && seen.count > 100)
  }

  @Test func statesDifferByEachPart() {
    let states = lend("a") { a in
      lend("b") { b -> [Identity] in
        var hash = IdentityHash()
        return [
          hash.state(source: a, name: b, version: nil, size: nil, mtime: nil, etag: nil),
          hash.state(source: b, name: a, version: nil, size: nil, mtime: nil, etag: nil),
          hash.state(source: a, name: b, version: a, size: nil, mtime: nil, etag: nil),
          hash.state(source: a, name: b, version: nil, size: 0, mtime: nil, etag: nil),
          hash.state(source: a, name: b, version: nil, size: 1, mtime: nil, etag: nil),
          hash.state(source: a, name: b, version: nil, size: nil, mtime: a, etag: nil),
          hash.state(source: a, name: b, version: nil, size: nil, mtime: nil, etag: a),
          hash.identity(source: a, name: b, version: nil),
        ]
      }
    }
    for i in states.indices { for j in 0..<i { #expect(states[i] != states[j]) } }
  }

  @Test(arguments: [1, 2, 3, 10, 1000])
  func shardsAreEven(count: Int) throws {
    var sizes = [Int](repeating: 0, count: count)
    var hash = IdentityHash()
    for i in 0..<count * 200 {
      sizes[lend("http://h/\(i)") { hash.identity(url: $0, accept: nil) }.shard(of: count)] += 1
    }
    #expect(sizes.allSatisfy { (120...280).contains($0) })
  }

  private func identity(of line: String) throws -> Identity {
    var hash = IdentityHash()
    return try withRecord(line, reading: IdentityHash.fields) { hash.identity(of: $0) }
  }
}
