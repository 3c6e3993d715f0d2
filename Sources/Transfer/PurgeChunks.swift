import Glibc
import Records
import Toolkit

/// Items on their way to be purged and then fetched, so many at a time: none of a chunk is fetched before all of it has
/// been purged.
final class PurgeChunks {
  private final class Chunk {
    var jobs: [Job] = []
    /// Purges that have not ended.
    var pending = 0
    var isClosed = false
    var opened = 0
  }

  /// Microseconds after which a chunk is closed though it is not full.
  private static let patience = 1_000_000

  private let purge: FetchSettings.Purge
  private let size: Int
  private let run: Run
  private let watch: DescriptorWatch
  private var open: Chunk?
  /// Closed ones that wait for their turn to be purged by command, the first being purged.
  private var queue: [Chunk] = []
  private var command: PurgeCommand?
  private var isCancelled = false
  private var descriptors: Set<Int32> = []
  private var purgedJobs: [Job] = []
  private var failedJobs: [(Job, Outcome)] = []
  /// Jobs that are in a chunk.
  private var count = 0
  /// Of these, the ones whose purge by method has not ended.
  private var pendingCount = 0

  /// - Parameters:
  ///   - size: items a chunk.
  ///   - watch: called with what to watch a descriptor for; with neither, to forget it.
  init(_ purge: FetchSettings.Purge, size: Int, run: Run, watch: @escaping DescriptorWatch) {
    self.purge = purge
    self.size = size
    self.run = run
    self.watch = watch
  }

  var isByMethod: Bool { if case .method = purge { true } else { false } }
  /// Jobs that wait here and nowhere else.
  var waitingCount: Int { isByMethod ? count - pendingCount : count }
  /// Whether there is something to take.
  var isReady: Bool { !purgedJobs.isEmpty || !failedJobs.isEmpty }
  var isEmpty: Bool { count == 0 && !isReady && command == nil }

  /// Puts `job` into the open chunk. By method, its purge is the caller's to make, and to tell of by `ended`.
  func add(_ job: Job, _ now: Int) {
    // Items of one URL that follow each other, such as those of several points of presence, are purged together: the purge
    // of one would undo the warming of another. So a full chunk is closed only when another URL comes.
    if let open, open.jobs.count >= size, let last = open.jobs.last, !last.urlText.equals(job.urlText) { close() }
    let chunk = open ?? Chunk()
    if open == nil { chunk.opened = now }
    open = chunk
    job.chunk = chunk
    chunk.jobs.append(job)
    chunk.pending += 1
    count += 1
    if isByMethod { pendingCount += 1 }
  }

  /// Closes the open chunk: nothing more will come, or not soon.
  func close() {
    guard let chunk = open else { return }
    open = nil
    chunk.isClosed = true
    if isByMethod {
      finishIfDone(chunk)
    } else {
      queue.append(chunk)
      if queue.count == 1 { startCommand() }
    }
  }

  /// `Clock` time at which `tick` wants to be called.
  var deadline: Int { min(open.map { $0.opened + Self.patience } ?? .max, command?.deadline ?? .max) }

  /// Closes a chunk that nobody fills up, and looks after the command.
  func tick(_ now: Int) {
    if let open, now >= open.opened + Self.patience { close() }
    if let command, now >= command.deadline { command.tick() }
  }

  // MARK: By method

  /// The purge of `job` has ended.
  func ended(_ job: Job, _ outcome: Outcome) {
    guard let chunk = job.chunk as? Chunk else { return }
    chunk.pending -= 1
    pendingCount -= 1
    if outcome.error != nil { fail(job, outcome) }
    finishIfDone(chunk)
  }

  private func fail(_ job: Job, _ outcome: Outcome) {
    var outcome = outcome
    outcome.message = "purge: " + outcome.message
    job.chunk = nil
    count -= 1
    failedJobs.append((job, outcome))
  }

  private func finishIfDone(_ chunk: Chunk) {
    guard chunk.isClosed, chunk.pending == 0 else { return }
    // Those that failed have left it.
    let purged = chunk.jobs.filter { $0.chunk === chunk }
    for job in purged { job.chunk = nil }
    count -= purged.count
    purgedJobs += purged
    chunk.jobs = []
  }

  // MARK: By command

  /// Begins with the first chunk that a command can be started for.
  private func startCommand() {
    command = nil
    while command == nil, let chunk = queue.first { start(chunk) }
  }

  private func start(_ chunk: Chunk) {
    guard case .command(let text) = purge else { return }
    var urls = ByteBuffer()
    var seen: Set<String> = []
    // At several points of presence a URL is one all the same.
    for job in chunk.jobs where seen.insert(job.urlText.string).inserted {
      urls.append(job.urlText)
      urls.append(byte: 0x0A)
    }
    do throws(Failure) {
      command = try PurgeCommand(
        text, input: urls.bytes,
        watch: { [unowned self] descriptor, reads, writes in
          if reads || writes { descriptors.insert(descriptor) } else { descriptors.remove(descriptor) }
          watch(descriptor, reads, writes)
        },
        onMessage: { [run] in run.console.note("purge command: \($0)") },
        onOutput: run.console.isVerbose ? { [run] in run.console.debug("purge command: \($0)") } : nil,
        onEnd: { [unowned self] in commandEnded($0) })
    } catch {
      dropFirst(error.message)
    }
  }

  private func commandEnded(_ ending: PurgeCommand.Ending) {
    guard !isCancelled else {
      command = nil
      return
    }
    if ending.isSuccess {
      let chunk = queue.removeFirst()
      chunk.pending = 0
      finishIfDone(chunk)
    } else {
      dropFirst("the command \(ending)")
    }
    startCommand()
  }

  /// Ends the items of the first chunk, which could not be purged.
  private func dropFirst(_ why: String) {
    let chunk = queue.removeFirst()
    for job in chunk.jobs { fail(job, .cancelled(why)) }
    chunk.jobs = []
  }

  /// Whether the descriptor is one of the command's.
  func handle(_ descriptor: Int32, isReadable: Bool, isWritable: Bool) -> Bool {
    guard descriptors.contains(descriptor), let command else { return false }
    command.handle(descriptor, isReadable: isReadable, isWritable: isWritable)
    return true
  }

  // MARK: Out

  /// Jobs whose chunk has been purged.
  func takePurged() -> [Job] {
    defer { purgedJobs = [] }
    return purgedJobs
  }

  /// Jobs that could not be purged, and why.
  func takeFailed() -> [(Job, Outcome)] {
    defer { failedJobs = [] }
    return failedJobs
  }

  /// Ends a command that is under way, and forgets all jobs: they are left to a later run.
  func cancel() {
    guard !isCancelled else { return }
    isCancelled = true
    command?.terminate()
    queue = []
    open = nil
    (purgedJobs, failedJobs) = ([], [])
    (count, pendingCount) = (0, 0)
  }
}
