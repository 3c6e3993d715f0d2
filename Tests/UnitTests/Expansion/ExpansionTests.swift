import Expansion
import Records
import Testing
import Toolkit

@Suite struct ExpansionTests {
  @Test(arguments: [
    (VideoURLFormat.imwidth, "https://c/v/a.mp4?imwidth=640"), (.derivative, "https://c/v/a.mp4/low_bandwidth/"),
    (.query, "https://c/v/a.mp4?derivative=low_bandwidth&quality=low&bitrate=500k"),
  ])
  func asksForVideosInEachFormat(format: VideoURLFormat, url: String) throws {
    let record = try #require(
      try expand(#"{"key":"a.mp4"}"#, base: "https://c/v", videos: ["low_bandwidth"], format: format).first)
    #expect(record == #"{"key":"a.mp4","url":"\#(url)","variant":"low_bandwidth","width":640,"height":360}"#)
  }

  @Test(arguments: [
    (VideoURLFormat.imwidth, "https://c/a.mp4?t=1&imwidth=854"), (.derivative, "https://c/a.mp4/mobile/?t=1"),
    (.query, "https://c/a.mp4?t=1&derivative=mobile"),
  ])
  func keepsTheQueryOfTheBase(format: VideoURLFormat, url: String) throws {
    let record = try #require(
      try expand(#"{"key":"a.mp4"}"#, base: "https://c/?t=1", videos: ["mobile"], format: format).first)
    #expect(try JSONValue(parsing: record)["url"]?.string == url)
  }

  @Test(arguments: [
    ("thumbnail", "https://c/d/a.jpg?width=150&height=150&fit=cover", #","width":150,"height":150"#),
    ("path_quality", "https://c/_width=1200/_quality=90/d/a.jpg", #","width":1200,"quality":90"#),
    ("webp", "https://c/d/a.jpg?format=webp", #","format":"webp""#),
    (
      "akamai_combined", "https://c/d/a.jpg?im=resize=width:600,height:400,mode:fit&im=quality=85&im=format=webp",
      #","width":600,"height":400,"format":"webp","quality":85"#
    ),
    ("compact_focal", "https://c/d/a.jpg?r=16:9&p=0.5,0.3&f=l", ""),
  ])
  func asksForImages(variant: String, url: String, members: String) throws {
    let record = try expand(#"{"key":"d/a.jpg"}"#, images: [variant])
    #expect(record == [#"{"key":"d/a.jpg","url":"\#(url)","variant":"\#(variant)"\#(members)}"#])
  }

  @Test func everyPresetMakesAURLOfItsParameters() throws {
    for format in VideoURLFormat.allCases {
      let records = try expand(#"{"key":"a.mp4"}"#, videos: Catalog.videos.map(\.name), format: format)
      #expect(records.count == Catalog.videos.count)
      for (record, preset) in zip(records, Catalog.videos) {
        let document = try JSONValue(parsing: record)
        #expect(document["variant"]?.string == preset.name && document["width"]?.integer == preset.width)
        #expect(document["height"]?.integer == preset.height)
      }
      if format != .imwidth {
        #expect(Set(records.map { try? JSONValue(parsing: $0)["url"]?.string }).count == records.count)
      }
    }
    for (record, preset) in zip(try expand(#"{"key":"a.jpg"}"#, images: Catalog.images.map(\.name)), Catalog.images) {
      let url = try #require(try JSONValue(parsing: record)["url"]?.string)
      let parts = preset.parameters.map(\.text)
      #expect(
        url
          == (preset.placement == .query
            ? "https://c/a.jpg?" + parts.joined(separator: "&")
            : "https://c/" + parts.map { "_\($0)/" }.joined() + "a.jpg"))
    }
  }

  @Test func encodesEachByteOfAKey() throws {
    var everything = ByteBuffer()
    for byte in UInt8.min...UInt8.max { everything.append(byte: byte) }
    everything.append(".jpg")
    let base64 = written { $0.append(base64: everything.bytes) }
    let record = try #require(
      try expand(#"{"key":"x","key_base64":"\#(base64)","media":"image"}"#, images: ["webp"]).first)
    let literal = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
    let path = (UInt8.min...UInt8.max).map { byte in
      let hex = String(byte, radix: 16, uppercase: true)
      return literal.contains(byte) ? String(UnicodeScalar(byte)) : "%\(byte < 16 ? "0" : "")\(hex)"
    }.joined()
    #expect(try JSONValue(parsing: record)["url"]?.string == "https://c/\(path).jpg?format=webp")
  }

  @Test func copiesTheObjectAndLeavesOtherMediaOut() throws {
    #expect(
      try expand(#"{ "x" : 1e999, "key":"\u0061.jpg" , "url":"old" }"#, images: ["webp"])
        == [#"{"x" : 1e999, "key":"\u0061.jpg" ,"url":"https://c/a.jpg?format=webp","variant":"webp","format":"webp"}"#]
    )
    #expect(
      try expand(#"{"key":"a.jpg","media":"video"}"#, images: ["webp"], videos: ["4k"]).map {
        $0.contains("imwidth=3840")
      } == [true])
    for line in [#"{"key":"a.txt"}"#, #"{"key":"a.mp3"}"#, #"{"key":"a.jpg","media":"other"}"#, #"{"key":"a.mp4"}"#] {
      #expect(try expand(line, images: ["webp"]).isEmpty)
    }
  }

  @Test(arguments: [
    ("{}", "“key” is missing"), (#"{"key":1}"#, "“key” is not a string"), (#"{"key":""}"#, "“key” is empty"),
    (#"{"key":"a","key_base64":"%"}"#, "“key_base64” is not base64"),
    (#"{"key":"a","media":"Image"}"#, "“media” is none of image, video, audio, other"),
    (#"{"key":"a","key_base64":null}"#, "“key_base64” is not a string"),
  ])
  func saysWhatIsWrongWithAnObject(line: String, reason: String) {
    #expect(throws: BadRecord(reason)) { try expand(line, images: ["webp"]) }
  }

  private func expand(
    _ line: String, base: String = "https://c/", images: [String] = [], videos: [String] = [],
    format: VideoURLFormat = .imwidth
  ) throws -> [String] {
    let expansion = Expansion(
      base: try BaseURL(base), images: try Catalog.presets(images, in: Catalog.images, option: "-"),
      videos: try Catalog.presets(videos, in: Catalog.videos, option: "-"), format: format)
    let output = Output(file: nil)
    try withRecord(line, reading: Expansion.fields, owning: Field.written(by: .expand)) {
      try expansion.expand($0, to: output)
    }
    #expect(expansion.leftOut == (output.buffer.isEmpty ? 1 : 0))
    return output.buffer.bytes.string.split(separator: "\n").map { String($0) }
  }
}
