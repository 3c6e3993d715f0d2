import Records
import Testing

@Suite struct PlainTextTests {
  @Test func eachByteAtEachPlace() {
    for length in 0..<20 {
      for place in 0..<length {
        for byte in UInt8.min...UInt8.max {
          var text = [UInt8](repeating: 0x61, count: length)
          text[place] = byte
          let expected = byte >= 0x20 && byte < 0x7F && byte != 0x22 && byte != 0x5C
          #expect(text.withUnsafeBytes { $0.isPlain } == expected, "\(byte) at \(place) of \(length)")
        }
      }
    }
    #expect([UInt8]().withUnsafeBytes { $0.isPlain })
  }

  @Test func neighboursDoNotHideOrInventOne() {
    let bytes: [UInt8] = [0, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x5B, 0x5C, 0x5D, 0x7E, 0x7F, 0x80, 0xFF]
    for a in bytes {
      for b in bytes {
        let text = [0x61, a, b, 0x61, 0x61, b, a, 0x20]
        let expected = text.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
        #expect(text.withUnsafeBytes { $0.isPlain } == expected, "\(a) \(b)")
      }
    }
  }
}
