import CLinux
import Glibc
import Synchronization

private let stopSignal = Atomic<Int32>(0)
private let progressRequests = Atomic<Int32>(0)
private let wakeWriter = Atomic<Int32>(-1)
private let graceSeconds = Atomic<Int32>(5)

/// SIGINT, SIGTERM, SIGUSR1 and SIGPIPE. The first SIGINT or SIGTERM asks the tool to stop and gives it `grace` seconds;
/// a second one, or two seconds more, kills it by that same signal, whatever it is doing.
package enum Signals {
  /// An eventfd that becomes readable when a signal has come: for poll and epoll.
  package static var wakeDescriptor: Int32 { wakeWriter.load(ordering: .relaxed) }

  /// Whether SIGINT or SIGTERM has come.
  package static var isStopping: Bool { stopSignal.load(ordering: .relaxed) != 0 }

  /// The signal that asked to stop; 0: none.
  static var stopNumber: Int32 { stopSignal.load(ordering: .relaxed) }

  package static func install(grace: Int) {
    graceSeconds.store(Int32(grace), ordering: .relaxed)
    wakeWriter.store(eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC)), ordering: .relaxed)
    for number in [SIGINT, SIGTERM] { handle(number, flags: 0, stop) }
    handle(SIGUSR1, flags: 0) { _ in
      progressRequests.add(1, ordering: .relaxed)
      wake()
    }
    handle(SIGALRM, flags: 0) { _ in dieByStopSignal() }
    // Writing to a closed pipe or socket is seen as EPIPE where it happens.
    signal(SIGPIPE, SIG_IGN)
    // Where it was ignored by who started us, nobody would learn how a program that we start has ended.
    signal(SIGCHLD, SIG_DFL)
  }

  /// Whether SIGUSR1 has come since the last call.
  package static func takeProgressRequest() -> Bool { progressRequests.exchange(0, ordering: .relaxed) > 0 }

  /// Reads the eventfd empty.
  package static func drainWake() {
    var count: UInt64 = 0
    _ = read(wakeDescriptor, &count, 8)
  }

  /// Waits until `descriptor` can be read or a signal comes, poll(2). False after `timeout` milliseconds (-1: none).
  @discardableResult
  package static func waitForInput(_ descriptor: Int32, timeout: Int32) -> Bool {
    var entries = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0),
    ]
    let ready = poll(&entries, 2, timeout)
    if entries[1].revents != 0 { drainWake() }
    return ready != 0
  }

  /// Whether `descriptor` has something to read now.
  package static func isReadable(_ descriptor: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) > 0
  }

  /// Ends by the signal that asked to stop, if one did.
  static func reraise() { if isStopping { dieByStopSignal() } }

  /// Ends as a tool whose reader has gone: quietly, by SIGPIPE.
  static func dieByBrokenPipe() -> Never {
    signal(SIGPIPE, SIG_DFL)
    raise(SIGPIPE)
    _exit(128 + SIGPIPE)
  }

  private static func handle(_ number: Int32, flags: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = handler
    action.sa_flags = flags
    sigaction(number, &action, nil)
  }

  private static let stop: @convention(c) (Int32) -> Void = { number in
    guard stopSignal.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged else {
      // The second: blocked in this handler, it kills on return.
      signal(number, SIG_DFL)
      raise(number)
      return
    }
    // A tool that keeps to its grace has two seconds more to write what it has.
    alarm(UInt32(graceSeconds.load(ordering: .relaxed)) + 2)
    wake()
  }
}

private func wake() {
  var one: UInt64 = 1
  let saved = errno
  _ = write(wakeWriter.load(ordering: .relaxed), &one, 8)
  errno = saved
}

private func dieByStopSignal() {
  let number = stopSignal.load(ordering: .relaxed)
  signal(number, SIG_DFL)
  raise(number)
}
