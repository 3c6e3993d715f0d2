import CLinux
import Glibc

/// All sockets of libcurl, on the run's epoll descriptor, by descriptor number. A connection is registered once and left
/// registered when libcurl loses interest (it will be back for the next request); it is forgotten when libcurl closes it.
/// Other sockets, such as those of a name lookup, are closed without a word and so forgotten at once.
final class SocketTable {
  struct Entry {
    /// The shard that owns the socket, unretained.
    var shard: Unmanaged<ConnectionShard>?
    var registered: UInt32 = 0
    var wanted: UInt32 = 0
    var isConnection = false
  }

  let epoll: Int32
  private var entries: UnsafeMutableBufferPointer<Entry>

  init(epoll: Int32, capacity: Int) {
    self.epoll = epoll
    entries = .allocate(capacity: capacity)
    entries.initialize(repeating: Entry())
  }

  deinit { entries.deallocate() }

  private func grow(beyond socket: Int) {
    guard socket >= entries.count else { return }
    let larger = UnsafeMutableBufferPointer<Entry>.allocate(capacity: socket * 2)
    larger.initialize(repeating: Entry())
    for i in 0..<entries.count { larger[i] = entries[i] }
    entries.deallocate()
    entries = larger
  }

  /// Takes libcurl's wish for `socket`: epoll's events, 0 for none.
  func want(_ events: UInt32, _ socket: Int32, _ shard: Unmanaged<ConnectionShard>) {
    let i = Int(socket)
    grow(beyond: i)
    entries[i].shard = shard
    entries[i].wanted = events
    if events == 0, !entries[i].isConnection { return drop(socket) }
    guard events != 0, entries[i].registered != events else { return }
    register(socket, events)
  }

  private func register(_ socket: Int32, _ events: UInt32) {
    var event = epoll_event(events: events, data: epoll_data_t(u64: UInt64(socket)))
    let isNew = entries[Int(socket)].registered == 0
    // Were the table ever wrong about a reused number, the other call is the right one.
    if epoll_ctl(epoll, isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event) != 0 {
      epoll_ctl(epoll, isNew ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event)
    }
    entries[Int(socket)].registered = events
  }

  /// The shard to tell of an event; nil where nobody waits for one: the socket is then taken off epoll.
  func shard(for socket: Int32) -> Unmanaged<ConnectionShard>? {
    let i = Int(socket)
    guard i < entries.count else { return nil }
    guard entries[i].wanted == 0 else { return entries[i].shard }
    if entries[i].registered != 0 {
      epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nil)
      entries[i].registered = 0
    }
    return nil
  }

  /// A connection is about to be opened.
  func opened(_ socket: Int32) {
    grow(beyond: Int(socket))
    entries[Int(socket)] = Entry(isConnection: true)
  }

  /// Forgets a socket that libcurl will close by itself.
  private func drop(_ socket: Int32) {
    if entries[Int(socket)].registered != 0 { epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nil) }
    entries[Int(socket)] = Entry()
  }

  /// The socket is about to be closed, which takes it off epoll.
  func forget(_ socket: Int32) {
    if Int(socket) < entries.count { entries[Int(socket)] = Entry() }
  }
}
