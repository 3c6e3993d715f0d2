import Measure
import Records

extension Summary {
  /// What sizes are of: the objects, or where no record has theirs, the bodies received.
  var sizeField: Field { quantity(.size) == nil ? .bytes : .size }

  /// The eight buckets of sizes, the empty ones too.
  var sizeHistogram: Page.Section {
    let field = sizeField
    let parts = parts(.sizeBucket)
    let count = parts.reduce(0) { $0 &+ $1.count }
    let bytes = parts.reduce(0) { $0 + $1.total(of: field) }
    guard count > 0 else { return Page.Section("Size buckets") }
    let buckets = SizeBucket.allCases.map { bucket in
      let name = "\(bucket.literal)"
      return (name: name, part: parts.first { $0.name == name })
    }
    let without = count - (quantity(field)?.count ?? 0)
    let note = "\(Page.Cell.count(without).display) records without a size are in the buckets by the bytes received."
    let plot = Page.Bars(
      title: field == .size ? "Objects by size" : "Bodies by size", layout: .sideBySide, unit: .count,
      categories: buckets.map(\.name),
      series: [("Count", .plain(0), buckets.map { Double($0.part?.count ?? 0) })])
    return Page.Section(
      "Size buckets",
      [
        .init("Size", "size_bucket") { $0.name },
        .init("Count", "count", .count) { Double($0.part?.count ?? 0) },
        .init("Share", "share", .share) { share($0.part?.count ?? 0, of: count) },
        .init("Bytes", "bytes", .bytes) { $0.part?.total(of: field) ?? 0 },
        .init("Share of bytes", "share_of_bytes", .share) { share($0.part?.total(of: field) ?? 0, of: bytes) },
      ], of: buckets, notes: without > 0 ? [note] : [], plots: [.bars(plot)])
  }
}
