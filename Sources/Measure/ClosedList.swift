import Records

/// The place of a value in a closed list; values that are not in it share the place behind the last.
struct ClosedList: Sendable {
  static let errors = ClosedList(Field.errors)
  static let verdicts = ClosedList(Field.cacheVerdicts)

  let names: [String]
  private let bytes: [[UInt8]]

  private init(_ names: [String]) {
    self.names = names
    bytes = names.map { Array($0.utf8) }
  }

  func index(of value: Bytes) -> Int {
    bytes.firstIndex { name in name.count == value.count && name.withUnsafeBytes { value.equals($0) } } ?? names.count
  }
}
