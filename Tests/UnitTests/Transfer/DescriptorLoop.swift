import CLinux
import Glibc
import Testing
import Toolkit

/// An event loop as the engine's, epoll(7), for what wants descriptors to be watched.
final class DescriptorLoop {
  private let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
  private var watched: Set<Int32> = []

  deinit { close(epoll) }

  var isEmpty: Bool { watched.isEmpty }

  func watch(_ descriptor: Int32, _ wantsRead: Bool, _ wantsWrite: Bool) {
    let events = (wantsRead ? EPOLLIN.rawValue : 0) | (wantsWrite ? EPOLLOUT.rawValue : 0)
    var event = epoll_event(events: events, data: epoll_data_t(fd: descriptor))
    let action =
      events == 0 ? EPOLL_CTL_DEL : watched.contains(descriptor) ? EPOLL_CTL_MOD : EPOLL_CTL_ADD
    // It fails where the descriptor was closed before.
    #expect(epoll_ctl(epoll, action, descriptor, &event) == 0)
    if events == 0 { watched.remove(descriptor) } else { watched.insert(descriptor) }
  }

  /// False where it is not done within 20 s, or wakes up all the time.
  func run(
    deadline: () -> Int, tick: () -> Void, handle: (Int32, _ isReadable: Bool, _ isWritable: Bool) -> Void,
    until isDone: () -> Bool
  ) -> Bool {
    let began = Clock.now
    var wakesInVain = 0
    while !isDone() {
      guard Clock.now - began < 20_000_000, wakesInVain < 1000 else { return false }
      if deadline() <= Clock.now { tick() }
      if isDone() { return true }
      let due = min(deadline(), Clock.now + 5_000_000)
      var events = [epoll_event](repeating: epoll_event(), count: 8)
      let count = epoll_wait(epoll, &events, Int32(events.count), Int32(max(0, (due - Clock.now + 999) / 1000)))
      wakesInVain = count > 0 ? 0 : wakesInVain + 1
      for event in events.prefix(max(0, Int(count))) where watched.contains(event.data.fd) {
        let isReadable = event.events & (EPOLLIN.rawValue | EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
        handle(event.data.fd, isReadable, event.events & EPOLLOUT.rawValue != 0)
      }
    }
    return true
  }
}
