import Measure
import Records

/// How large the objects are, which are large, and what encoding these anew could save.
package struct SizeReport {
  private let all: Summary
  private let groups: [Summary]
  private let field: Field

  /// - Parameters:
  ///   - all: the summary of all objects; of results without the sizes of their objects, it is the bodies received.
  ///   - groups: summaries by some members, for tables of their own.
  package init(all: Summary, groups: [Summary]) {
    self.all = all
    self.groups = groups
    field = all.sizeField
  }

  package var page: Page {
    var page = Page(title: "Sizes", introduction: introduction)
    guard let sizes = all.quantity(field) else { return page }
    page.sections =
      [overview(sizes), all.sizeHistogram, parts("Extension", .fileExtension), parts("Media", .field(.media))]
      + GroupTables(groups).sections(groupColumns) + [largest(of: sizes), Reencoding(all.large).section]
    page.sections.removeAll(where: \.isEmpty)
    return page
  }

  private var introduction: [String] {
    guard all.quantity(field) != nil else { return ["No record tells a size."] }
    guard all.requests > 0 else { return [] }
    guard field == .size else { return ["No record tells the size of its object: these are the bodies received."] }
    return ["Each record counts: an object of which three variants were fetched counts three times."]
  }

  private var noun: String { field == .size ? "Objects" : "Bodies" }

  private func overview(_ sizes: Quantity) -> Page.Section {
    var figures: [(name: String, value: Page.Cell)] = [
      (noun, .count(sizes.count)), ("Bytes", .bytes(sizes.sum)), ("Mean", bytes(sizes.mean)),
      ("Median", bytes(sizes.quantile(0.5))), ("p95", bytes(sizes.quantile(0.95))),
      ("Largest", .bytes(sizes.maximum)), ("Standard deviation", bytes(sizes.standardDeviation)),
    ]
    if sizes.count < all.records { figures.append(("Records without a size", .count(all.records - sizes.count))) }
    if field == .size {
      let large = all.large
      figures += [
        ("Large above", .bytes(Double(large.threshold))), ("Large objects", .count(large.count)),
        ("Bytes of large objects", .bytes(Double(large.bytes))),
        ("Their share of bytes", share(Double(large.bytes), of: sizes.sum).map { .share($0) } ?? .none),
      ]
    }
    return Page.Section("Overview", figures: figures + all.distinctFigures([.key]))
  }

  private func bytes(_ value: Double?) -> Page.Cell { value.map { .bytes($0) } ?? .none }

  private func parts(_ title: String, _ dimension: Dimension) -> Page.Section {
    let field = field
    let parts = all.parts(dimension) { $0.total(of: field) }
    let bytes = parts.reduce(0) { $0 + $1.total(of: field) }
    // Of records without a size nothing is known that a mean could be of.
    let hasMeans = all.quantity(field)?.count == all.records
    return Page.Section(
      title,
      [
        .name(title, "\(dimension.name)"), .count,
        .init("Bytes", "bytes", .bytes) { $0.total(of: field) },
        .init("Mean", "mean_bytes", .bytes) {
          hasMeans && $0.count > 0 ? $0.total(of: field) / Double($0.count) : nil
        },
        .init("Share of bytes", "share_of_bytes", .share) { share($0.total(of: field), of: bytes) },
      ], of: parts)
  }

  private func largest(of sizes: Quantity) -> Page.Section {
    let threshold = Double(all.large.threshold)
    return Page.Section(
      "Largest objects",
      [
        .init("Object", "key") { $0.name },
        .init("Size", "size", .bytes) { $0.value },
        .init("Share of bytes", "share_of_bytes", .share) { share($0.value, of: sizes.sum) },
        .init("Large", "large", isNumeric: false) { .flag($0.value > threshold) },
      ], of: all.largestObjects)
  }

  private var groupColumns: [TableColumn<Summary>] {
    let field = field
    return [
      .init(noun, noun.lowercased(), .count) { Double($0.quantity(field)?.count ?? 0) },
      .init("Bytes", "bytes", .bytes) { $0.quantity(field)?.sum },
      .init("Mean", "mean_bytes", .bytes) { $0.quantity(field)?.mean },
      .init("Median", "p50_bytes", .bytes) { $0.quantity(field)?.quantile(0.5) },
      .init("p95", "p95_bytes", .bytes) { $0.quantity(field)?.quantile(0.95) },
      .init("Largest", "max_bytes", .bytes) { $0.quantity(field)?.maximum },
    ]
  }
}
