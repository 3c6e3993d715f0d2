import Records

/// Which objects of a store are listed.
package struct ObjectFilter: Sendable {
  /// Lower case, without dots; empty: all.
  package var extensions: [String] = []
  package var media: Media?
  package var include: [Glob] = []
  package var exclude: [Glob] = []
  /// Bytes, both ends included.
  package var minimumSize = 0
  package var maximumSize = Int.max
  /// Both ends excluded.
  package var newerThan: Timestamp?
  package var olderThan: Timestamp?

  package init() {}

  /// What can be told from the key alone, before the object is looked at.
  package func accepts(key: Bytes, media found: Media) -> Bool {
    if let media, media != found { return false }
    if !extensions.isEmpty {
      guard let suffix = fileExtension(of: key), extensions.contains(where: { suffix.equalsIgnoringCase($0) }) else {
        return false
      }
    }
    if !include.isEmpty, !include.contains(where: { $0.matches(key) }) { return false }
    return !exclude.contains { $0.matches(key) }
  }

  /// Nil: the store does not say. What is not known rules nothing out.
  package func accepts(size: Int?, modified: Timestamp?) -> Bool {
    if let size, size < minimumSize || size > maximumSize { return false }
    guard let modified else { return true }
    if let newerThan, modified <= newerThan { return false }
    if let olderThan, modified >= olderThan { return false }
    return true
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func equalsIgnoringCase(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { equalsIgnoringCase(Bytes($0)) }
  }
}
