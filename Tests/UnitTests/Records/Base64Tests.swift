import Records
import Testing

@Suite struct Base64Tests {
  /// RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func knowsTheVectors(plain: String, encoded: String) {
    #expect(lend(plain) { bytes in written { $0.append(base64: bytes) } } == encoded)
    #expect(decoded(encoded) == Array(plain.utf8))
  }

  @Test func allBytesOfAllLengthsComeBack() {
    var random = Seeded(7)
    for length in 0..<600 {
      let bytes = length == 256 ? Array(0...255) : (0..<length).map { _ in UInt8(random.below(256)) }
      let text = lend(bytes) { bytes in written { $0.append(base64: bytes) } }
      #expect(text.utf8.count == (length + 2) / 3 * 4)
      #expect(decoded(text) == bytes)
    }
  }

  @Test(arguments: [
    "Z", "Zg", "Zg=", "Zg===", "====", "Z===", "=Zg=", "Zg=a", "Zm9vZg", "Zm9v=", "Zg==Zg==", "Zm8=Zm8=", "Zm9-",
    "Zm9_",
    "Zm 9", "Zm9v\n", "Zmé", "Zm\u{0}v", "Zm9vZg=x",
  ])
  func refusesAllElseAndAppendsNothing(text: String) {
    var out = ByteBuffer()
    out.append("kept")
    let isTaken = lend(text) { out.append(decodingBase64: $0) }
    #expect(!isTaken)
    #expect(out.bytes.string == "kept")
  }

  private func decoded(_ text: String) -> [UInt8]? {
    var out = ByteBuffer()
    return lend(text) { out.append(decodingBase64: $0) } ? Array(out.bytes) : nil
  }
}
