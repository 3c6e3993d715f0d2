/// Where the classes of objects by size end. Classes are numbers: 0 small, 1 medium, 2 large.
package struct SizeClasses: Equatable, Sendable {
  /// As `size_class` of a result says them.
  package static let names: [StaticString] = ["small", "medium", "large"]

  /// Bytes of the largest small object.
  package var smallLimit: Int
  /// Bytes of the largest medium object; not below `smallLimit`.
  package var mediumLimit: Int

  package init(smallLimit: Int = 50 << 20, mediumLimit: Int = 200 << 20) {
    self.smallLimit = smallLimit
    self.mediumLimit = mediumLimit
  }

  /// The class of an object of so many bytes: 0, 1 or 2.
  package func index(of bytes: Int) -> Int { bytes <= smallLimit ? 0 : bytes <= mediumLimit ? 1 : 2 }

  package func name(of bytes: Int) -> StaticString { Self.names[index(of: bytes)] }
}
