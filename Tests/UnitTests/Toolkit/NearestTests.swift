import Testing
import Toolkit

@Suite struct NearestTests {
  private static let known = [
    "workers", "timeout", "retry", "retry-max-delay", "resume", "summary", "desktop", "tablet", "4k",
  ]

  @Test(arguments: [
    ("worker", "workers"), ("wrokers", "workers"), ("WORKERS", "workers"), ("timout", "timeout"), ("sumary", "summary"),
    ("dekstop", "desktop"), ("table", "tablet"), ("retyr", "retry"),
  ])
  func findsTheLikelyOne(typed: String, meant: String) { #expect(nearest(typed, in: Self.known).first == meant) }

  @Test func findsPartsOfNames() { #expect(nearest("max", in: Self.known) == ["retry-max-delay"]) }

  @Test func keepsAtMostThreeTheNearestFirst() {
    #expect(nearest("aaaa", in: ["aaab", "aaaa", "aabb", "aaac", "bbbb"]) == ["aaaa", "aaab", "aaac"])
    #expect(nearest("ab", in: ["ab", "ab"]) == ["ab"])
  }

  @Test func saysNothingWhereNothingIsNear() {
    #expect(nearest("completely-different", in: Self.known).isEmpty)
    #expect(suggestion(for: "completely-different", in: Self.known) == "")
    #expect(nearest("x", in: [String]()).isEmpty)
  }

  @Test func asks() {
    #expect(suggestion(for: "worker", in: Self.known) == ", did you mean workers?")
    #expect(suggestion(for: "retrz", in: ["retry", "retro"]) == ", did you mean retro or retry?")
  }
}
