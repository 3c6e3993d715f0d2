import Records
import Storage
import Testing

@Suite struct ObjectFilterTests {
  @Test func takesAllByDefault() {
    #expect(accepts(ObjectFilter(), "any/thing"))
    #expect(ObjectFilter().accepts(size: 0, modified: Timestamp(milliseconds: .min)))
    #expect(ObjectFilter().accepts(size: .max, modified: Timestamp(milliseconds: .max)))
  }

  @Test func choosesByExtensionInAnyCase() {
    var filter = ObjectFilter()
    filter.extensions = ["mp4", "jpg"]
    for key in ["a.mp4", "d/a.JPG", "a.b.Mp4"] { #expect(accepts(filter, key), "\(key)") }
    for key in ["a", "mp4", ".mp4", "a.mp", "a.mp44", "a.mp4/b", "a.mp4."] { #expect(!accepts(filter, key), "\(key)") }
  }

  @Test func choosesByMedia() {
    var filter = ObjectFilter()
    filter.media = .video
    #expect(accepts(filter, "a.mp4") && !accepts(filter, "a.jpg") && !accepts(filter, "a.txt"))
    filter.media = .other
    #expect(!accepts(filter, "a.mp4") && accepts(filter, "a.txt"))
  }

  @Test func excludesFromWhatIsIncluded() {
    var filter = ObjectFilter()
    filter.include = [Glob("*.mp4"), Glob("keep/**")]
    filter.exclude = [Glob("**/old/**"), Glob("*.tmp")]
    for key in ["a.mp4", "x/y.mp4", "keep/z"] { #expect(accepts(filter, key), "\(key)") }
    for key in ["a.jpg", "old/a.mp4", "keep/old/a", "keep/a.tmp"] { #expect(!accepts(filter, key), "\(key)") }
  }

  @Test(arguments: [(99, false), (100, true), (150, true), (200, true), (201, false)])
  func sizesIncludeBothEnds(size: Int, isTaken: Bool) {
    var filter = ObjectFilter()
    filter.minimumSize = 100
    filter.maximumSize = 200
    #expect(filter.accepts(size: size, modified: Timestamp(milliseconds: 0)) == isTaken)
  }

  @Test(arguments: [(1000, false), (1001, true), (1999, true), (2000, false), (-5, false), (3000, false)])
  func timesExcludeBothEnds(milliseconds: Int, isTaken: Bool) {
    var filter = ObjectFilter()
    filter.newerThan = Timestamp(milliseconds: 1000)
    filter.olderThan = Timestamp(milliseconds: 2000)
    #expect(filter.accepts(size: 0, modified: Timestamp(milliseconds: milliseconds)) == isTaken)
  }

  private func accepts(_ filter: ObjectFilter, _ key: String) -> Bool {
    lend(key) { filter.accepts(key: $0, media: Media(key: $0)) }
  }
}
