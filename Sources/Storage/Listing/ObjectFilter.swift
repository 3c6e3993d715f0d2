import Records

/// Which objects of a store are listed.
package struct ObjectFilter: Sendable {
  /// Lower case, without dots; empty: all.
  package var extensions: [String] = []
  package var media: Media?
  package var include: [Glob] = []
  package var exclude: [Glob] = []
  /// Nothing below directories that match.
  package var excludeDirectories: [Glob] = []
  /// Bytes, both ends included.
  package var minimumSize = 0
  package var maximumSize = Int.max
  /// Both ends excluded.
  package var newerThan: Timestamp?
  package var olderThan: Timestamp?

  package init() {}

  /// Whether no key is ruled out.
  var acceptsAllKeys: Bool {
    media == nil && extensions.isEmpty && include.isEmpty && exclude.isEmpty && excludeDirectories.isEmpty
  }

  /// Whether no size and no time are ruled out.
  var acceptsAllStates: Bool {
    minimumSize <= 0 && maximumSize == .max && newerThan == nil && olderThan == nil
  }

  /// What can be told from the key alone, before the object is looked at.
  package func accepts(key: Bytes, media found: Media) -> Bool {
    if let media, media != found { return false }
    if !extensions.isEmpty {
      guard let suffix = fileExtension(of: key), extensions.contains(where: { suffix.equalsIgnoringCase($0) }) else {
        return false
      }
    }
    if !include.isEmpty, !include.contains(where: { $0.matches(key) }) { return false }
    if exclude.contains(where: { $0.matches(key) }) { return false }
    return excludeDirectories.isEmpty || !isBelowExcluded(key)
  }

  /// Whether nothing below this directory is wanted. `path` ends with a slash.
  package func excludes(directory path: Bytes) -> Bool {
    excludeDirectories.contains { $0.matches(path.slice(0, path.count - 1)) }
  }

  private func isBelowExcluded(_ key: Bytes) -> Bool {
    var start = 0
    while let slash = key.firstIndex(of: 0x2F, from: start) {
      if excludes(directory: key.slice(0, slash + 1)) { return true }
      start = slash + 1
    }
    return false
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
