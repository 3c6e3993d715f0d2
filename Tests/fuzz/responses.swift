// Feeds bytes to the response parser and the chunk decoder: cut in two, they must give what they give for the whole, and
// neither may trap or read beyond its input. The first two bytes choose what is fed and where it is cut.

@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> Int32 {
  guard size >= 2 else { return 0 }
  let input = Bytes(start: data + 2, count: size - 2)
  let cut = input.isEmpty ? 0 : (Int(data[0] >> 2) | Int(data[1]) << 6) % (input.count + 1)
  switch data[0] & 3 {
  case 0: checkResponse(input, cut, isAnswerToHead: false)
  case 1: checkResponse(input, cut, isAnswerToHead: true)
  default: checkChunks(input, cut)
  }
  return 0
}

/// Lends a copy on the heap, whose borders the sanitizer watches.
func withCopy<R>(_ bytes: Bytes, _ body: (Bytes) -> R) -> R {
  let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
  defer { copy.deallocate() }
  copy.copyMemory(from: bytes)
  return body(Bytes(copy))
}

/// What a head parses to, and what is kept of it.
struct Parse: Equatable {
  var head: ParsedHead?
  var fault: String?
  var kept: [String?] = []

  init(_ bytes: Bytes, isAnswerToHead: Bool) {
    var head = ResponseHead()
    switch withCopy(bytes, { parseHead($0, isAnswerToHead: isAnswerToHead, into: &head) }) {
    case .incomplete: break
    case .malformed(let reason): fault = "\(reason)"
    case .parsed(let parsed):
      self.head = parsed
      kept = HeaderNames.all.indices.map { head.value($0)?.string }
      precondition(head.isComplete && head.length == parsed.length)
    }
  }

  var isIncomplete: Bool { head == nil && fault == nil }
}

func checkResponse(_ input: Bytes, _ cut: Int, isAnswerToHead: Bool) {
  let whole = Parse(input, isAnswerToHead: isAnswerToHead)
  let part = Parse(input.slice(0, cut), isAnswerToHead: isAnswerToHead)
  precondition(part.isIncomplete || part == whole)
  guard let head = whole.head else { return }
  precondition(head.length <= input.count && head.framing != .untilClose || !head.isPersistent)
  precondition(part.isIncomplete == (cut < head.length))
  let end = withCopy(input) { endOfHead($0, from: min(cut, head.length - 1)) }
  precondition(end == head.length)
  precondition(withCopy(input.slice(0, head.length - 1)) { endOfHead($0) } == nil)
  let body = input.slice(head.length, input.count)
  if head.framing == .chunked { checkChunks(body, max(0, cut - head.length)) }
}

/// What a chunked body decodes to.
struct Decoding: Equatable {
  var progress = ChunkDecoder.Progress.more
  var consumed = 0
  var body: [UInt8] = []

  /// `skipping`: takes data that is announced past the decoder, as the kernel would.
  init(_ parts: [Bytes], skipping: Bool = false) {
    var decoder = ChunkDecoder()
    for part in parts where progress == .more {
      var rest = part
      if skipping {
        let count = min(decoder.dataRemaining, part.count)
        body += part.slice(0, count)
        decoder.skip(count)
        consumed += count
        rest = part.slice(count, part.count)
      }
      var count = -1
      progress = withCopy(rest) { decoder.decode($0, consumed: &count) { body += $0 } }
      precondition(count >= 0 && count <= rest.count && (progress != .more || count == rest.count))
      consumed += count
    }
  }
}

func checkChunks(_ input: Bytes, _ cut: Int) {
  let whole = Decoding([input])
  let halves = [input.slice(0, cut), input.slice(cut, input.count)]
  precondition(Decoding(halves) == whole)
  precondition(Decoding(halves, skipping: true) == whole)
  precondition(Decoding(input.indices.map { input.slice($0, $0 + 1) }, skipping: cut & 1 == 1) == whole)
}
