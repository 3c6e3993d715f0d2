import Records
import Testing
import Toolkit

@testable import Comparison

@Suite struct EntryNameTests {
  @Test(arguments: [
    ("video:path/a.mp4:derivative=mobile", "video|path/a.mp4|derivative=mobile"),
    ("video:path/a.mp4:w=1280:h=720:f=mp4", "video|path/a.mp4|w=1280 h=720 f=mp4"),
    (
      "video:a.mp4:w=1280:h=720:f=mp4:q=high:c=low:version=12",
      "video|a.mp4|w=1280 h=720 f=mp4 q=high version=12 c=low"
    ),
    ("video:a.mp4:derivative=mobile:version=0", "video|a.mp4|derivative=mobile version=0"),
    ("video:a.mp4:w=640:fit=cover:rot=90:v=3", "video|a.mp4|w=640 version=3 rot=90 fit=cover"),
    ("image:b/c d.jpg:width=400:format=webp", "image|b/c d.jpg|w=400 f=webp"),
    ("frame:a.mp4:t=5s:f=jpg", "frame|a.mp4|f=jpg t=5s"),
    ("video:a.mp4", "video|a.mp4|"),
    // What is no known parameter, or cannot have its value, belongs to the path.
    ("video:a:b=c:w=1.mp4:derivative=x", "video|a:b=c:w=1.mp4|derivative=x"),
    ("video:a:w=5:w=6", "video|a:w=5|w=6"), ("video:a:h=-1", "video|a:h=-1|"),
    ("video:a:derivative=", "video|a:derivative=|"), ("video:a:=", "video|a:=|"),
    ("video:a:version=99999999999999999999", "video|a:version=99999999999999999999|"),
    ("video:derivative=x", "video|derivative=x|"), ("video:a:derivative=b=c", "video|a|derivative=b=c"),
    ("video:🎬.mp4:derivative=m", "video|🎬.mp4|derivative=m"),
  ])
  func splits(name: String, wanted: String) { #expect(lend(name) { shown(EntryName($0)) } == wanted) }

  @Test(arguments: [
    "", ":", "::", "=", "derivative=", "derivative=mobile", "a.mp4", ":a.mp4", "video:", "video:/", "video::w=1",
    "video://:w=1", "a b:c", "é:c",
  ])
  func saysNothing(name: String) { #expect(lend(name) { EntryName($0) == nil }) }

  @Test func takesBytesOfAnyKind() {
    #expect(lend([0x76, 0x3A, 0xFF, 0x00, 0x3A, 0x77, 0x3D, 0x31]) { shown(EntryName($0)) } == "v|\u{FFFD}\u{0}|w=1")
    let long = "video:" + String(repeating: ":w=", count: 300_000) + ":w=1"
    #expect(lend(long) { EntryName($0)?.path.count } == 900_000)
  }

  @Test(
    arguments: [
      ("video:a.mp4:derivative=x_chunk_0", "video:a.mp4:derivative=x"), ("video:a.mp4_chunk_12", "video:a.mp4"),
      ("a_chunk_1_chunk_2", "a_chunk_1"), ("video:a_chunk_", nil), ("_chunk_1", nil), ("a_chunk_1x", nil), ("x1", nil),
      ("", nil), ("7", nil),
    ] as [(String, String?)])
  func knowsChunks(name: String, whole: String?) {
    #expect(lend(name) { EntryName.whole(ofChunk: $0)?.string } == whole)
  }

  @Test func knowsEachParameterOfTheTable() {
    let rows = sourceTable("Comparison/Resources/key-parameters.tsv")
    #expect(rows.count > 20)
    for row in rows {
      #expect(lend(row[0]) { KeyParameter($0)?.rawValue } == row[1])
      #expect(lend("video:a:\(row[0])=7") { EntryName($0)?.path.string } == "a")
    }
  }
}

@Suite struct KeyPatternTests {
  @Test(arguments: [
    (
      "{media}:{key}:derivative={variant}", "video:a:b=c/d.mp4:derivative=mobile", "video|a:b=c/d.mp4|derivative=mobile"
    ),
    ("{media}:{key}:derivative={variant}", "video:a:derivative=b:derivative=c", "video|a:derivative=b|derivative=c"),
    ("{key}", "anything: at all", "|anything: at all|"),
    ("{key}@{width}x{height}.{format}", "a@2x.png@640x480.webp", "|a@2x.png|w=640 h=480 f=webp"),
    ("cache/{ignore}/{key}?v={version}", "cache/abc/d/e.jpg?v=7", "|d/e.jpg|version=7"),
    ("{ignore}--{key}--{ignore}", "x--a--", "|a|"),
    ("{variant}/{key}", "mobile/x/y.mp4", "|x/y.mp4|derivative=mobile"),
    ("é{key}é", "éaé", "|a|"),
  ])
  func takesNamesApart(pattern: String, name: String, wanted: String) throws {
    let pattern = try KeyPattern(pattern)
    #expect(lend(name) { shown(pattern.entry($0)) } == wanted)
  }

  @Test(arguments: [
    ("{media}:{key}:derivative={variant}", "video:a"), ("{media}:{key}:derivative={variant}", ":a:derivative=x"),
    ("{media}:{key}:derivative={variant}", "video:a:derivative="), ("{media}:{key}:derivative={variant}", ""),
    ("{media}:{key}:derivative={variant}", "video::derivative=x"), ("a{key}a", "a"), ("a{key}a", "aa"),
    ("{key}@{width}x{height}", "a@bxc"), ("{key}@{width}x{height}", "a@1"), ("x{key}", "yx"), ("{key}x", "xy"),
    ("{key}", "///"),
  ])
  func leavesOthers(pattern: String, name: String) throws {
    let pattern = try KeyPattern(pattern)
    #expect(lend(name) { pattern.entry($0) == nil })
  }

  @Test(arguments: [
    ("", "it has no {key}"), ("{variant}", "it has no {key}"), ("abc", "it has no {key}"),
    ("{key}{variant}", "nothing tells where {key} ends and {variant} begins"),
    ("{key}:{varient}", "there is no {varient}, did you mean variant?"), ("{key}:{}", "there is no {}"),
    ("{key}:{key}", "{key} stands in it twice"), ("{key}:{width}x{width}", "{width} stands in it twice"),
    ("{key", "“{” without “}”"), ("key}", "“}” without “{”"),
    ("{key}:{{width}}", "there is no {{width}, did you mean width?"),
  ])
  func refuses(pattern: String, why: String) {
    do throws(Failure) {
      _ = try KeyPattern(pattern)
      Issue.record("“\(pattern)” was taken")
    } catch {
      #expect(error.status == .usage && error.option == "kv-key-pattern")
      #expect(error.message.hasSuffix(why), "\(error.message)")
    }
  }

  @Test func knowsWhetherItNamesVariants() throws {
    #expect(try !KeyPattern("{media}:{key}").namesVariants)
    #expect(try KeyPattern("{key}:{width}").namesVariants)
  }
}

private func shown(_ name: EntryName?) -> String {
  guard let name else { return "nil" }
  let selection = name.selection
  let texts = [
    ("derivative", selection.variant), ("w", selection.width), ("h", selection.height), ("f", selection.format),
    ("q", selection.quality),
  ]
  let stated = texts.filter { !$0.1.isEmpty }.map { "\($0.0)=\($0.1.string)" }
  let version = name.version > 0 ? ["version=\(name.version - 1)"] : []
  let all = stated + version + name.others.map(\.string)
  return "\((name.media ?? Bytes.empty).string)|\(name.path.string)|\(all.joined(separator: " "))"
}
