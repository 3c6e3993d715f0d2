import Measure
import Records

extension Summary {
  /// Requests by their whole time.
  var slowest: Page.Section {
    Page.Section(
      "Slowest requests",
      [
        .init("URL", "url") { $0.name },
        .init("Total", "total_ms", .milliseconds) { $0.value },
        .init("Received", "bytes", .bytes) { $0.bytes.map { Double($0) } },
        .init("Object", "size", .bytes) { $0.size.map { Double($0) } },
        .init("Status", "status", .count) { $0.status.map { Double($0) } },
        .init("Variant", "variant") { $0.variant },
        .init("Error", "error") { $0.errors.isEmpty ? nil : $0.errors.names.joined(separator: ", ") },
      ], of: slowestRequests)
  }

  /// How many different values members have: of `key` and `url`.
  func distinctFigures(_ fields: [Field]) -> [(name: String, value: Page.Cell)] {
    fields.compactMap { field in
      distinct(field).map { (field == .key ? "Different keys" : "Different URLs", $0.cell) }
    }
  }
}

extension DistinctCount {
  /// The number, or an estimate in as many digits as its error leaves.
  fileprivate var cell: Page.Cell {
    guard !isExact else { return Page.Unit.count.cell(estimate) }
    var step = 1.0
    while estimate / step >= 1000, step < 1e15 { step *= 10 }
    let number = Page.Unit.count.cell((estimate / step).rounded() * step).display
    return .text("about \(number) (±\(Page.Cell.share(Self.relativeError).display))")
  }
}
