import Records
import Testing

@testable import Transfer

@Suite struct ContentTypeRuleTests {
  private func mismatch(_ type: String?, _ name: String, accept: String? = nil, format: String? = nil) -> String? {
    lend(name) { name in
      guard let type else {
        return ContentTypeRule.mismatch(contentType: nil, name: name, accept: accept, format: format)
      }
      return lend(type) {
        ContentTypeRule.mismatch(contentType: $0, name: name, accept: accept, format: format)
      }
    }
  }

  @Test(
    arguments: [
      ("image/jpeg", "a/photo.jpg"), ("IMAGE/JPEG; charset=binary", "photo.JPG"), ("image/webp", "photo.jpg"),
      ("image/svg+xml", "a.svg"), ("video/mp4", "a.mp4"), ("application/mp4", "a.mp4"), ("Application/MXF", "a.mov"),
      ("application/x-mpegURL", "a.ts"), ("application/vnd.apple.mpegurl; x=y", "a.mp4"),
      ("application/dash+xml", "a.mp4"), ("application/x-matroska", "a.mkv"), ("audio/mpeg", "a.mp3"),
      ("video/mp4", "a.m4a"), ("video/3gpp", "a.aac"), ("application/ogg", "a.ogg"), ("application/ogg", "a.ogv"),
      ("text/html", "a.html"), ("text/html", "a"), ("text/html", ""), ("text/html", "a.jpg/"),
      ("application/octet-stream", "a.jpg"), ("binary/octet-stream;x", "a.mp4"), (nil, "a.jpg"), ("", "a.jpg"),
      (" ", "a.jpg"), ("jpeg", "a.jpg"), (";", "a.jpg"), ("/", "a.jpg"), ("text/", "a.jpg"), ("*/*", "a.jpg"),
      ("te xt/html", "a.jpg"),
    ] as [(String?, String)])
  func fits(type: String?, name: String) { #expect(mismatch(type, name) == nil) }

  @Test(arguments: [
    ("text/html", "a/photo.jpg", "text/html does not fit photo.jpg"),
    (" Text/HTML ; charset=utf-8", "photo.JPG", "Text/HTML does not fit photo.JPG"),
    ("application/json", "x/.y/a.mp4", "application/json does not fit a.mp4"),
    ("video/mp4", "a.png", "video/mp4 does not fit a.png"), ("image/png", "a.mp4", "image/png does not fit a.mp4"),
    ("audio/mpeg", "a.webm", "audio/mpeg does not fit a.webm"), ("image/png", "a.mp3", "image/png does not fit a.mp3"),
    ("video/x-flv", "a.mp3", "video/x-flv does not fit a.mp3"),
    ("imagex/jpeg", "a.jpg", "imagex/jpeg does not fit a.jpg"),
    ("application/xml", "a.svg", "application/xml does not fit a.svg"),
  ])
  func doesNotFit(type: String, name: String, message: String) { #expect(mismatch(type, name) == message) }

  @Test(
    arguments: [
      ("image/webp", "image/webp", "a.jpg", true), ("image/webp", "image/avif, image/WEBP;q=0.5", "a.jpg", true),
      ("image/jpeg", "image/avif, image/webp", "a.jpg", false), ("image/jpeg", "image/*", "a.jpg", true),
      ("image/webp", "image/*, image/webp;q=0", "a.jpg", false), ("image/webp", "image/*;q=0.000", "a.jpg", false),
      ("image/webp", "image/webp, image/*;q=0", "a.jpg", true), ("image/webp", "*/*;q=0", "a.jpg", false),
      ("image/png", "image/avif,image/webp,*/*;q=0.8", "a.jpg", true), ("text/html", "image/avif,*/*", "a.jpg", false),
      ("text/html", "*/*", "a", true), ("text/html", "image/*", "a", false), ("image/png", "image/webp", "a", false),
      ("audio/mp4", "audio/*", "a.mp4", true), ("image/jpeg", "image/*", "a.mp4", true),
      ("video/mp4", "image/*", "a.mp4", false), ("image/jpg", "image/jpeg", "a.jpg", true),
      ("text/html", "gzip", "a.jpg", false), ("image/png", "gzip, ,;", "a.jpg", true),
      ("application/octet-stream", "image/webp", "a.jpg", true), ("image/webp", "*/webp", "a.jpg", true),
      ("image/webp", "image/webp;q=1;x=0, image/png;Q=0", "a.jpg", true),
      ("image/png", "image/png;Q=0.0", "a.jpg", false),
    ] as [(String, String, String, Bool)])
  func anAcceptHeaderMustBeMet(type: String, accept: String, name: String, fits: Bool) {
    #expect((mismatch(type, name, accept: accept) == nil) == fits)
  }

  @Test func theMessageSaysWhatWasAccepted() {
    #expect(mismatch("text/html", "a.jpg", accept: "image/webp") == "text/html does not fit “Accept: image/webp”")
    #expect(mismatch("text/html", "a.jpg", format: "avif") == "text/html does not fit the format avif")
  }

  @Test(arguments: [
    ("image/jpeg", "webp", "a.jpg", true), ("image/webp", "AVIF", "a.jpg", true), ("image/jpeg", "jpeg", "a.mp4", true),
    ("video/mp4", "webp", "a.mp4", false), ("text/plain", "png", "a", false), ("text/plain", "auto", "a", true),
    ("text/plain", "auto", "a.jpg", false), ("application/json", "json", "a.jpg", false),
  ])
  func aFormatIsAnImage(type: String, format: String, name: String, fits: Bool) {
    #expect((mismatch(type, name, format: format) == nil) == fits)
  }

  @Test(arguments: [
    ("https://h/a/b.jpg?x=/y.mp4#z", "/a/b.jpg"), ("http://h/a.jpg#b", "/a.jpg"), ("http://h", ""),
    ("http://h?a.jpg", ""),
    ("a/b.jpg", "a/b.jpg"),
  ])
  func aURLHasAPath(url: String, path: String) {
    #expect(lend(url) { ContentTypeRule.path(of: $0).string } == path)
  }

  @Test func typesOfTheTableFit() {
    for row in sourceTable("Transfer/Resources/content-types.tsv") {
      let names = ["video": ["a.mp4"], "audio": ["a.mp3"], "any": ["a.mp4", "a.mp3", "a.jpg"]][row[0]]
      #expect(names != nil && row.count == 2)
      for name in names ?? [] {
        for type in row[1].split(separator: " ") { #expect(mismatch(String(type), name) == nil) }
      }
    }
  }

  @Test func anyBytesCanBeJudged() {
    var random = Seeded(21)
    let alphabet = Array("*/;,=q0.x- imageJPEG".utf8) + [0, 0xC3, 0xFF]
    for _ in 0..<5000 {
      let texts = (0..<3).map { _ in (0..<random.below(20)).map { _ in random.pick(alphabet) } }
      let accept = String(decoding: texts[2], as: UTF8.self)
      let message = lend(texts[0]) { type in
        lend(texts[1] + Array(".jpg".utf8)) {
          ContentTypeRule.mismatch(contentType: type, name: $0, accept: accept, format: nil)
        }
      }
      #expect(message.map { $0.contains(" does not fit ") } ?? true)
    }
  }
}
