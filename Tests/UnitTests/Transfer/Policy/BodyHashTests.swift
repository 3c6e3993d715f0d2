import Records
import Testing

@testable import Transfer

@Suite struct BodyHashTests {
  /// Of RFC 1321 and FIPS 180.
  private static let known: [(String, md5: String, sha256: String)] = [
    (
      "", "d41d8cd98f00b204e9800998ecf8427e",
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    ),
    (
      "abc", "900150983cd24fb0d6963f7d28e17f72",
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    ),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "8215ef0796a20bcaaae116d3876c664a",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ]

  @Test func digestsAreThoseOfTheStandards() {
    for text in Self.known {
      for (algorithm, digest) in [(BodyHash.Algorithm.md5, text.md5), (.sha256, text.sha256)] {
        let hash = BodyHash(algorithm)
        lend(text.0) { hash.add($0) }
        #expect(hash.finish() == digest)
      }
    }
  }

  @Test func piecesAndResetsMakeNoDifference() {
    var random = Seeded(31)
    for algorithm in BodyHash.Algorithm.allCases {
      #expect(algorithm.isProvided)
      let hash = BodyHash(algorithm)
      let bytes = (0..<10_000).map { _ in UInt8(random.below(256)) }
      hash.add(Bytes(start: nil, count: 0))
      lend(bytes) { hash.add($0) }
      let whole = hash.finish()
      for _ in 0..<20 {
        hash.reset()
        if random.below(2) == 0 {
          lend("left over") { hash.add($0) }
          hash.reset()
        }
        var start = 0
        while start < bytes.count {
          let end = min(bytes.count, start + random.below(700))
          lend(Array(bytes[start..<end])) { hash.add($0) }
          start = end
        }
        #expect(hash.finish() == whole)
      }
    }
  }
}
