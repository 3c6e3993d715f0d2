import CExpat
import Records

/// What expat reads in an XML document.
final class XMLEvents {
  private(set) var elements: [(name: String, attributes: [String: String])] = []
  /// All text, with that of each element after that of those before it.
  private(set) var text = ""
  private(set) var problem: String?

  init(_ document: String) {
    guard let parser = XML_ParserCreate("UTF-8") else { fatalError("out of memory") }
    defer { XML_ParserFree(parser) }
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetElementHandler(
      parser,
      { context, name, attributes in
        guard let context, let name, var next = attributes else { return }
        var found: [String: String] = [:]
        while let key = next[0], let value = next[1] {
          found[String(cString: key)] = String(cString: value)
          next += 2
        }
        Unmanaged<XMLEvents>.fromOpaque(context).takeUnretainedValue()
          .elements.append((String(cString: name), found))
      }, { _, _ in })
    XML_SetCharacterDataHandler(parser) { context, text, count in
      guard let context else { return }
      Unmanaged<XMLEvents>.fromOpaque(context).takeUnretainedValue().text +=
        Bytes(start: text, count: Int(count)).string
    }
    var document = document
    let status = document.withUTF8 { text in
      XML_Parse(parser, UnsafeRawPointer(text.baseAddress)?.assumingMemoryBound(to: CChar.self), Int32(text.count), 1)
    }
    guard status != XML_STATUS_OK else { return }
    let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "unknown"
    problem = "\(reason), line \(XML_GetCurrentLineNumber(parser)), column \(XML_GetCurrentColumnNumber(parser))"
  }

  func all(_ name: String) -> [[String: String]] { elements.filter { $0.name == name }.map(\.attributes) }
}
