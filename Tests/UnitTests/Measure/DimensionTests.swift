import Records
import Testing

@testable import Measure

@Suite struct DimensionTests {
  @Test func eachHasItsName() {
    for name in Dimension.names { #expect(Dimension(name).map { "\($0.name)" } == name) }
    #expect(Dimension("none") == nil && Dimension("extension") == .fileExtension && Dimension("host") == .host)
    #expect(Summary.counted.allSatisfy { Set($0.fields).isSubset(of: Summary.fields) })
  }

  @Test(arguments: [
    (#"{"url":"https://CDN.Example.com/a"}"#, "cdn.example.com"), (#"{"url":"http://h:8080?x"}"#, "h:8080"),
    (#"{"url":"http://user:secret@h/a@b"}"#, "h"), (#"{"url":"http://[2001:db8::1]:80/"}"#, "[2001:db8::1]:80"),
    (#"{"url":"http://h#f"}"#, "h"), (#"{"url":"https:///a"}"#, nil), (#"{"url":"a/b"}"#, nil), (#"{"url":""}"#, nil),
    (#"{"url":"http:"}"#, nil), (#"{"key":"http://h/a"}"#, nil), (#"{"url":5}"#, nil),
  ])
  func host(line: String, host: String?) throws { #expect(try value(.host, line) == host) }

  @Test(arguments: [
    (#"{"key":"a/b.MP4"}"#, "mp4"), (#"{"url":"http://h/c.jpg/?x=a.b#c.d"}"#, "jpg"), (#"{"url":"http://h.com"}"#, nil),
    (#"{"url":"http://h.com/a.png#x.y"}"#, "png"), (#"{"key":"none","url":"http://h/a.png"}"#, nil),
    (#"{"key":"a.averylongextension"}"#, nil), (#"{"url":"a.b/c.gif?d.e"}"#, "gif"),
  ])
  func fileExtension(line: String, found: String?) throws { #expect(try value(.fileExtension, line) == found) }

  @Test(arguments: [
    (0, "<1KiB"), (1023, "<1KiB"), (1024, "1KiB-100KiB"), (102_400, "1KiB-100KiB"), (102_401, "100KiB-1MiB"),
    (1 << 20, "100KiB-1MiB"), (10 << 20, "1MiB-10MiB"), (100 << 20, "10MiB-100MiB"), (500 << 20, "100MiB-500MiB"),
    (1 << 30, "500MiB-1GiB"), (1 << 30 | 1, ">1GiB"), (Int.max, ">1GiB"), (-5, "<1KiB"),
  ])
  func sizeBucket(bytes: Int, bucket: String) throws {
    #expect(try value(.sizeBucket, #"{"size":\#(bytes),"bytes":1}"#) == bucket)
    #expect(try value(.sizeBucket, #"{"bytes":\#(bytes)}"#) == bucket)
    #expect(SizeBucket.allCases.count == 8)
  }

  @Test(arguments: [
    (#"{"vary":"accept-encoding, accept","accept":"image/avif"}"#, "negotiated"), (#"{"vary":"accept"}"#, "default"),
    (#"{"vary":"accept-encoding"}"#, nil), (#"{"accept":"image/avif"}"#, nil), (#"{"vary":""}"#, nil),
  ])
  func varyAccept(line: String, found: String?) throws { #expect(try value(.varyAccept, line) == found) }

  @Test(arguments: [
    ("timed out after 3001 ms at 203.0.113.7:443", "timed out after # ms at #"),
    ("no answer within 10s", "no answer within #s"), ("HTTP/2 stream 5: error 0x1f", "HTTP/# stream #: error #"),
    ("request 3f2504e0-4f89-11d3-9a0c-0305e82c3301 was refused", "request # was refused"),
    ("cafe face deadbeef", "cafe face deadbeef"), ("id deadbeef01 gone", "id # gone"),
    ("sha256 of mp4", "sha256 of mp4"),
    ("[2001:db8::1] and fe80::1", "[#] and fe80::#"), ("", ""), ("1.5 - 2", "# - #"), ("é7é 7é", "é7é #é"),
    ("12abcdef/34", "#"), ("0xdeadbeef and deadbeefcafe", "# and #"), ("0x", "#x"), ("facade decade", "facade decade"),
    ("at 2026-03-01T12:00:00Z it", "at #T#Z it"), ("2026-03-01T12:00:00.123+01:00", "#T#+#"), ("a\u{0}1", "a\u{0}#"),
  ])
  func messagesAreMasked(message: String, wanted: String) {
    var scratch = ByteBuffer()
    #expect(lend(message) { masked($0, &scratch).string } == wanted)
  }

  private func value(_ dimension: Dimension, _ line: String) throws -> String? {
    var scratch = ByteBuffer()
    return try withRecord(line) { dimension.value(of: $0, &scratch)?.string }
  }
}
