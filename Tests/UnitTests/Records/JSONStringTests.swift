import Records
import Testing

@Suite struct JSONStringTests {
  @Test(arguments: [
    ("", #""""#), ("plain", #""plain""#), ("\"\\/", #""\"\\/""#), ("\n\r\t", #""\n\r\t""#),
    ("\u{0}\u{8}\u{1F}\u{7F}", "\"\\u0000\\u0008\\u001F\u{7F}\""), ("é日😀", "\"é日😀\""),
  ])
  func escapesNoMoreThanItMust(text: String, json: String) {
    #expect(written { $0.append(quoted: text) } == json)
  }

  @Test func anyTextComesBack() throws {
    var random = Seeded(3)
    for _ in 0..<2000 {
      var scalars = String.UnicodeScalarView()
      for _ in 0..<random.below(40) {
        let code = UInt32(random.pick([0x20, 0x80, 0x800, 0x11_0000].map { random.below($0) }))
        if let scalar = Unicode.Scalar(code) { scalars.append(scalar) }
      }
      let text = String(scalars)
      #expect(try JSONValue(parsing: written { $0.append(quoted: text) }) == .string(text))
    }
  }

  @Test func eachStrayByteBecomesAReplacementCharacter() throws {
    var random = Seeded(4)
    let lively: [UInt8] = [
      0x22, 0x5C, 0x0A, 0x41, 0x80, 0xBF, 0xC2, 0xC0, 0xE0, 0xA0, 0xED, 0x9F, 0xF0, 0x90, 0xF4, 0x8F, 0xFF,
    ]
    for _ in 0..<4000 {
      let bytes = (0..<random.below(12)).map { _ in random.pick(lively) }
      let json = lend(bytes) { bytes in written { $0.append(quoted: bytes) } }
      #expect(try JSONValue(parsing: json) == .string(repaired(bytes)), "\(bytes)")
      #expect(lend(bytes) { isUTF8($0) } == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
    }
  }

  /// The standard library's decoder, a scalar at a time.
  private func repaired(_ bytes: [UInt8]) -> String {
    var text = ""
    var i = 0
    while i < bytes.count {
      let length = (1...4).first { length in
        guard i + length <= bytes.count else { return false }
        return String(validating: bytes[i..<(i + length)], as: UTF8.self)?.unicodeScalars.count == 1
      }
      text += length.map { String(decoding: bytes[i..<(i + $0)], as: UTF8.self) } ?? "\u{FFFD}"
      i += length ?? 1
    }
    return text
  }

  @Test func integersBeyondDoublesAreStrings() {
    let limit = 1 << 53
    #expect(written { $0.append(interoperable: limit) } == "9007199254740992")
    #expect(written { $0.append(interoperable: limit + 1) } == "\"9007199254740993\"")
    #expect(written { $0.append(interoperable: -limit) } == "-9007199254740992")
    #expect(written { $0.append(interoperable: .min) } == "\"-9223372036854775808\"")
  }

  @Test func membersBeginWithAComma() {
    let text = written { out in
      out.append(.key, "a\"b")
      out.append(.ok, false)
      out.append(.size, .max)
    }
    #expect(text == #","key":"a\"b","ok":false,"size":"9223372036854775807""#)
  }
}
