import Expansion
import Testing
import Toolkit

@Suite struct CatalogTests {
  private static let videos = sourceTable("Expansion/Resources/video-derivatives.tsv")
  private static let images = sourceTable("Expansion/Resources/image-variants.tsv")

  @Test func holdsEachDerivativeOfTheTable() {
    #expect(Self.videos.count == 24 && Catalog.videos.count == 24)
    for (row, preset) in zip(Self.videos, Catalog.videos) {
      #expect(preset.name == row[0] && preset.media == .video && preset.placement == .query)
      #expect(
        preset.width == Int(row[1]) && preset.height == Int(row[2]) && (preset.width ?? 0) > 0
          && (preset.height ?? 0) > 0)
      #expect(preset.parameters.map(\.text).joined(separator: " ") == (row.count > 3 ? row[3] : ""))
      #expect(preset.format == nil && preset.quality == nil)
    }
  }

  @Test func holdsEachVariantOfTheTable() {
    #expect(Self.images.count == 73 && Catalog.images.count == 73)
    for (row, preset) in zip(Self.images, Catalog.images) {
      #expect(preset.name == row[0] && preset.media == .image && preset.placement.rawValue == row[1])
      #expect(preset.parameters.map(\.text).joined(separator: " ") == row[2] && !preset.parameters.isEmpty)
      let words = row[2].split { " ,".contains($0) }.map { $0.hasPrefix("im=") ? $0.dropFirst(3) : $0 }
        .map { $0.hasPrefix("resize=") ? $0.dropFirst(7) : $0 }
      func fact(_ name: String) -> String? {
        words.first { $0.hasPrefix("\(name)=") || $0.hasPrefix("\(name):") }.map {
          String($0.dropFirst(name.count + 1))
        }
      }
      #expect(preset.width.map { "\($0)" } == fact("width"), "\(row)")
      #expect(preset.height.map { "\($0)" } == fact("height"), "\(row)")
      #expect(preset.format == fact("format"), "\(row)")
      #expect(preset.quality.map { "\($0)" } == fact("quality"), "\(row)")
    }
  }

  @Test func namesAreUnique() {
    for presets in [Catalog.videos, Catalog.images] { #expect(Set(presets.map(\.name)).count == presets.count) }
  }

  @Test func findsEachOnceInTheOrderAskedFor() throws {
    let found = try Catalog.presets(["tablet", "4k", "tablet"], in: Catalog.videos, option: "derivatives")
    #expect(found.map(\.name) == ["tablet", "4k"])
    #expect(try Catalog.presets([], in: Catalog.videos, option: "derivatives").isEmpty)
  }

  @Test func anUnknownNameIsAUsageErrorWithNearOnes() {
    let failure = #expect(throws: Failure.self) {
      try Catalog.presets(["desktop", "tabelt"], in: Catalog.videos, option: "derivatives")
    }
    #expect(failure?.status == .usage)
    #expect(
      failure?.message
        == "--derivatives: no variant is named “tabelt”, did you mean tablet? (--list-variants lists all)")
    #expect(throws: Failure.self) { try Catalog.presets(["Desktop"], in: Catalog.videos, option: "x") }
  }

  @Test func listingHasALineForEach() {
    let lines = Catalog.listing.split(separator: "\n").map { $0.split(separator: "\t") }
    #expect(lines.count == 97 && lines.allSatisfy { $0.count == 4 })
    #expect(lines.first == ["video", "desktop", "query", "width=1920 height=1080"])
    #expect(lines.map { String($0[1]) } == (Self.videos + Self.images).map { $0[0] })
  }
}
