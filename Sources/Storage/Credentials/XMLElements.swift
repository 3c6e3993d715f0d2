import Records

/// The text of the elements of a small document, by their names without namespace; the first of a name. For the answers
/// of STS. What is no XML has none.
func xmlElements(_ document: [UInt8]) -> [String: String] {
  let elements = Elements()
  let isWhole = withExtendedLifetime(elements) {
    let reader = XMLReader(elements)
    reader.restart()
    return document.withUnsafeBytes { reader.read($0) } && reader.finish()
  }
  return isWhole ? elements.found : [:]
}

private final class Elements: XMLHandler {
  var found: [String: String] = [:]

  func begin(_ element: Bytes, depth: Int) {}

  func end(_ element: Bytes, text: Bytes, depth: Int) {
    let name = String(element.string.split(separator: ":").last ?? "")
    if found[name] == nil { found[name] = text.trimmed.string }
  }
}
