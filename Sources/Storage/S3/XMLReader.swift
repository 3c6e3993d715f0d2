import CExpat
import Glibc
import Records

/// What an XML document says, element by element.
protocol XMLHandler: AnyObject {
  /// - Parameter depth: 1 for the document's one element.
  func begin(_ element: Bytes, depth: Int)
  /// - Parameter text: what stood directly before the end: all the text of an element that holds nothing else.
  func end(_ element: Bytes, text: Bytes, depth: Int)
}

/// Reads an XML document as it comes, by expat. Document types are refused, since entities are a way to make a short
/// document long, and so are documents longer than any store has reason to send.
final class XMLReader {
  private let parser: XML_Parser
  private unowned let handler: any XMLHandler
  private var text = ByteBuffer(capacity: 1024)
  private var depth = 0
  private var bytesRead = 0
  private var refusal: String?
  private var references = CharacterReferences()

  /// Whether the document had references to characters that XML does not have, and what holds them is not what was meant.
  var hasReplaced: Bool { references.hasReplaced }

  /// Bytes: a page of a thousand keys of a kilobyte, all percent-encoded and with owners, has 4 MB.
  static let longestDocument = 8 << 20
  private static let longestText = 1 << 20
  private static let deepest = 16

  /// - Parameter handler: must live as long as the reader.
  init(_ handler: any XMLHandler) {
    guard let parser = XML_ParserCreate("UTF-8") else { fatalError("out of memory") }
    self.parser = parser
    self.handler = handler
  }

  deinit { XML_ParserFree(parser) }

  /// Makes the reader ready for another document.
  func restart() {
    XML_ParserReset(parser, "UTF-8")
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetElementHandler(
      parser, { context, name, _ in reader(context).begin(element(name)) }, { reader($0).end(element($1)) })
    XML_SetCharacterDataHandler(parser) { reader($0).append(Bytes(start: $1, count: Int($2))) }
    XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in reader(context).refuse("it has a document type") }
    text.removeAll()
    depth = 0
    bytesRead = 0
    refusal = nil
    references = CharacterReferences()
  }

  /// Reads on; false where the document is not well-formed.
  func read(_ bytes: Bytes) -> Bool {
    bytesRead += bytes.count
    if bytesRead > Self.longestDocument { refuse("it is too long") }
    guard refusal == nil else { return false }
    references.append(bytes)
    return references.bytes.isEmpty || parse(references.bytes)
  }

  private func parse(_ bytes: Bytes) -> Bool {
    XML_Parse(parser, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), 0)
      == XML_STATUS_OK
  }

  /// Says that the document ends here; false where it cannot.
  func finish() -> Bool { refusal == nil && references.isWhole && XML_Parse(parser, nil, 0, 1) == XML_STATUS_OK }

  /// Why reading failed, with the place.
  var problem: String {
    if let refusal { return refusal }
    let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "unknown"
    return "\(reason) (line \(XML_GetCurrentLineNumber(parser)), column \(XML_GetCurrentColumnNumber(parser)))"
  }

  private func refuse(_ why: String) {
    refusal = why
    XML_StopParser(parser, XML_Bool(XML_FALSE))
  }

  private func append(_ part: Bytes) {
    guard text.count + part.count <= Self.longestText else { return refuse("one of its texts is too long") }
    text.append(part)
  }

  private func begin(_ name: Bytes) {
    depth += 1
    guard depth <= Self.deepest else { return refuse("it is nested too deeply") }
    text.removeAll()
    handler.begin(name, depth: depth)
  }

  private func end(_ name: Bytes) {
    handler.end(name, text: text.bytes, depth: depth)
    text.removeAll()
    depth -= 1
  }
}

private func reader(_ context: UnsafeMutableRawPointer?) -> XMLReader {
  Unmanaged<XMLReader>.fromOpaque(context!).takeUnretainedValue()
}

private func element(_ name: UnsafePointer<CChar>?) -> Bytes {
  guard let name else { return Bytes(start: nil, count: 0) }
  return Bytes(start: name, count: strlen(name))
}
