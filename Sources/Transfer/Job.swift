import Records

/// One item on its way: its record, what is asked for, and how far it has come.
package final class Job {
  /// What the next request of a job is for.
  enum Step {
    /// HEAD, to learn the size.
    case measure
    case purge
    case fetch
  }

  /// The item's line without closing brace and without the members that a result has.
  package private(set) var body = ByteBuffer()
  /// With a NUL at the end, for libcurl.
  private(set) var url = ByteBuffer()
  /// Where in the URL the authority ends.
  private(set) var authorityEnd = 0
  package private(set) var accept: String?
  /// Bytes of the object, where the record or a HEAD says it.
  package internal(set) var size: Int?
  /// Of the object, where the content type is checked.
  private(set) var key = ByteBuffer()
  /// What else the answer is held against; read where the settings want that.
  private(set) var expected = Expected()

  /// Where it goes; set before it is scheduled.
  var host: Host!
  /// An index of `FetchSettings.pops`; -1: none.
  var pop = -1
  /// The class of its size, `SizeClasses`; 0 where sizes do not matter.
  var place = 0
  var step = Step.fetch
  /// The chunk that it is purged with.
  var chunk: AnyObject?
  /// Whether the others that go to its host wait for it to look the name up.
  var isLeader = false
  /// The next one in a `JobQueue`.
  var next: Job?

  /// Requests made so far, without those that only measure or purge.
  package internal(set) var attempts = 0
  /// Failed attempts of the present step in a row.
  var failures = 0
  /// Requests made since the first good answer, to see a hit.
  var asked = 0
  package internal(set) var proof: Proof?
  /// How the last attempt ended, while the job waits for the next.
  var lastOutcome: Outcome?
  /// Where its host was at the start of the attempt.
  var address: String?
  /// Microseconds that the resolver took in the present attempt.
  var lookupTime: Int?
  /// Bytes that the engine counts for it.
  var held = 0
  /// Whether its URL is ASCII, as HTTP/1.1 wants it.
  private(set) var isPlain = false
  /// The redirects followed so far in this attempt, and where the last one led.
  var hop: Hop?

  /// What the answer is held against.
  struct Expected {
    var format: String?
    var etag: String?
    var sha256: String?
    var isDerivative = false
  }

  /// What is known of the warming, with `--until-hit`.
  package struct Proof {
    /// The verdict of the first good answer.
    package var first: String
    package var isWarm = false
    package var reason: NotWarmed?
  }

  /// A redirect that one transport leaves to the other.
  struct Hop {
    var url: String
    /// Of the answer that redirected.
    var status: Int
    var vary: String?
    var isSized = false
    var count: Int
    /// When the attempt began.
    var began: Int
    var started: Timestamp
  }

  package init() {}

  /// The members read of a request.
  package static let fields: [Field] = [
    .url, .accept, .size, .key, .format, .etag, .sha256, .variant, .targetPop,
  ]

  /// The members that a result has anew; `target_pop` stays with the item, of which it is a part.
  package static let written = Field.written(by: .fetch).filter { $0 != .targetPop }

  package func load(_ request: Record, _ settings: FetchSettings) throws(BadRecord) {
    let text = try request.required(.url)
    guard let end = endOfAuthority(text) else {
      throw BadRecord("“url” is not an http or https URL: \(text.string.prefix(200))")
    }
    authorityEnd = end
    size = try request.optionalCount(.size)
    accept = request.has(.accept) ? try request.required(.accept).string : nil
    if let accept, accept.isEmpty || accept.utf8.contains(where: { $0 < 0x20 }) {
      throw BadRecord("“accept” is empty or holds a control character")
    }
    url.removeAll()
    url.append(text)
    url.append(byte: 0)
    isPlain = text.allSatisfy { $0 < 0x80 }
    body.removeAll()
    body.append(request.body)
    loadExpected(request, settings)
    (attempts, failures, asked, place, pop) = (0, 0, 0, 0, -1)
    (proof, lastOutcome, hop, host, lookupTime) = (nil, nil, nil, nil, nil)
    (chunk, next, isLeader, step) = (nil, nil, false, .fetch)
  }

  private func loadExpected(_ request: Record, _ settings: FetchSettings) {
    key.removeAll()
    if settings.checksContentType {
      if let name = request.text(.key) { key.append(name) }
      expected.format = request.text(.format)?.string
    }
    guard let checksum = settings.checksum else { return }
    expected.isDerivative = request.has(.variant)
    expected.etag = checksum == .md5 ? request.text(.etag)?.string : nil
    expected.sha256 = checksum == .sha256 ? request.text(.sha256)?.string : nil
  }

  /// Makes this the item of the point of presence `index`, unless its record says so already.
  func target(_ index: Int, _ settings: FetchSettings, isNamed: Bool) {
    pop = index
    guard !isNamed else { return }
    body.append(member: .targetPop)
    body.append(quoted: settings.pops[index].name)
  }

  /// Scheme and authority of its URL.
  var start: Bytes { url.bytes.slice(0, authorityEnd) }
  /// The URL without the NUL.
  var urlText: Bytes { url.bytes.slice(0, url.count - 1) }

  /// Its bytes beside those of others that wait.
  var weight: Int { step == .measure ? 0 : size ?? 0 }
  /// Bytes of memory that it takes, about.
  var footprint: Int { body.count + url.count + key.count + 512 }
}

/// Where the authority of an http or https URL ends; nil where `text` is no such URL or holds what a URL cannot.
package func endOfAuthority(_ text: Bytes) -> Int? {
  let start: Int
  if text.count > 7, text.slice(0, 7).equalsIgnoringCase("http://") {
    start = 7
  } else if text.count > 8, text.slice(0, 8).equalsIgnoringCase("https://") {
    start = 8
  } else {
    return nil
  }
  for byte in text where byte <= 0x20 || byte == 0x7F { return nil }
  let end = text.slice(start, text.count).firstIndex { $0 == 0x2F || $0 == 0x3F || $0 == 0x23 } ?? text.count - start
  return end > 0 ? start + end : nil
}
