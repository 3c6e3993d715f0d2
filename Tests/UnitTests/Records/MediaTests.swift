import Records
import Testing

@Suite struct MediaTests {
  private static let table: [(media: String, suffixes: [String])] = sourceTable("Records/Resources/extensions.tsv").map
  {
    ($0[0], $0[1].split(separator: " ").map { String($0) })
  }

  @Test func tableIsWhole() {
    #expect(Self.table.map(\.media) == ["image", "video", "audio"])
    let all = Self.table.flatMap(\.suffixes)
    #expect(all.count == 33 && Set(all).count == all.count)
    #expect(all.allSatisfy { $0 == $0.lowercased() && (1...8).contains($0.utf8.count) })
  }

  @Test func knowsEachExtensionInAnyCase() {
    for (media, suffixes) in Self.table {
      for suffix in suffixes {
        let mixed = suffix.prefix(1).uppercased() + suffix.dropFirst()
        for key in ["a.\(suffix)", "d.x/b.c.\(suffix.uppercased())", "d/é.\(mixed)"] {
          #expect(lend(key) { Media(key: $0).rawValue } == media, "\(key)")
        }
        for key in [
          suffix, ".\(suffix)", "d/.\(suffix)", "a.\(suffix)x", "a.\(suffix)/b", "a.\(suffix).", "a.\(suffix) ",
        ] {
          #expect(lend(key) { Media(key: $0) } == .other, "\(key)")
        }
      }
    }
  }

  @Test(
    arguments: [
      ("a.jpg", "jpg"), ("a.b.c", "c"), ("a/b.c/d", nil), ("a/b.c/d.e", "e"), (".hidden", nil), ("a/.hidden", nil),
      ("a/.hidden.txt", "txt"), ("a.", nil), ("a..", nil), ("a..b", "b"), ("", nil), (".", nil), ("/", nil), ("a", nil),
      ("a.b/", nil),
    ] as [(String, String?)])
  func findsExtensions(key: String, suffix: String?) { #expect(lend(key) { fileExtension(of: $0)?.string } == suffix) }

  @Test func namesComeBack() {
    for media in Media.allCases {
      #expect("\(media.literal)" == media.rawValue)
      #expect(lend(media.rawValue) { Media(name: $0) } == media)
      #expect(lend(media.rawValue.uppercased()) { Media(name: $0) } == nil)
    }
    #expect(lend("") { Media(name: $0) } == nil)
  }
}
