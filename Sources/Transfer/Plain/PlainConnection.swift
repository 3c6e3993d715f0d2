import Records

/// One connection of the toolkit's own codec, and the request that is under way on it.
final class PlainConnection {
  /// Which connection, in epoll's events and in lists that may outlive it.
  struct Key: Equatable {
    let index: UInt32
    /// How often the place has been used before.
    let generation: UInt32

    /// As epoll keeps it; the highest bit tells it from a descriptor of libcurl's.
    var tag: UInt64 { 1 << 63 | UInt64(generation & 0x7FFF_FFFF) << 32 | UInt64(index) }
  }

  enum State {
    case closed, connecting, idle
    /// A request was sent, or is being sent.
    case head
    case body
  }

  private(set) var key: Key
  var state = State.closed
  var descriptor: Int32 = -1
  var host: Host?
  /// The address that it was opened to.
  var remoteIP = ""
  var job: Job?
  /// Whether the server has closed its side: no further event will come.
  var isEnding = false
  /// Whether it waits to be read without an event.
  var isUnread = false
  /// Whether a request has been answered on it before.
  var isReused = false
  /// `Clock` time at which an attempt, or the idle connection, has come to its end.
  var deadline = Int.max

  // Of the attempt, `Clock` time.
  var began = 0
  var started = Timestamp(milliseconds: 0)
  var connectBegan = 0
  var connectedAt: Int?
  var firstByteAt: Int?

  /// What of the request could not be sent yet.
  var unsent = ByteBuffer(capacity: 16)
  /// The start of a head that has not come whole.
  var partialHead = ByteBuffer(capacity: 16)
  /// Bytes of it that hold no end.
  var searched = 0
  /// Interim answers (1xx) before the one that is waited for.
  var interimCount = 0

  // Of the answer.
  var outcome = Outcome()
  var framing = BodyFraming.none
  var isPersistent = false
  var location: String?
  /// Bytes of a body of known length that have not come.
  var remaining = 0
  var chunks = ChunkDecoder()
  var bytes = 0
  /// Where a checksum of the body is wanted.
  var hash: BodyHash?
  /// Whether this body goes into it.
  var hashesBody = false

  init(index: Int) { key = Key(index: UInt32(index), generation: 0) }

  /// Events of before are no longer for it.
  func renew() {
    isUnread = false
    key = Key(index: key.index, generation: (key.generation + 1) & 0x7FFF_FFFF)
  }

  /// Forgets the last answer.
  func prepare() {
    firstByteAt = nil
    partialHead.removeAll()
    unsent.removeAll()
    searched = 0
    interimCount = 0
    outcome = Outcome()
    framing = .none
    isPersistent = false
    location = nil
    remaining = 0
    bytes = 0
  }

  /// Whether nothing of an answer has come.
  var isSilent: Bool { state == .head && partialHead.isEmpty && interimCount == 0 }
}
