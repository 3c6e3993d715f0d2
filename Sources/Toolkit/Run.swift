import Glibc
import Records

/// One run of a tool: what its parts share from start to end.
package final class Run {
  package let console: Console
  package let progress: Progress
  /// What the tool adds to `--summary`: a name and JSON text.
  package var summaryMembers: [(name: String, json: String)] = []
  package private(set) var status = ExitStatus.success
  /// How many items or lines could not be done.
  package private(set) var failures = 0

  private let version: String
  private var summaryPath: String?
  private var outputIsGone = false
  private var claimed: Set<String> = []
  private var inputs: Set<String> = []
  private let startedAt = Timestamp.now
  private let began = Clock.now
  private var source: RecordSource?
  private var output: Output?

  init(console: Console, common: CommonOptions, version: String) {
    self.console = console
    self.version = version
    progress = Progress(console: console, mode: common.progress)
    summaryPath = common.summary
    if let summaryPath { claimed.insert(Self.place(of: summaryPath)) }
  }

  /// Adds a count to a member of `--summary`.
  package func addToSummary(_ name: String, _ count: Int) {
    let place = summaryMembers.firstIndex { $0.name == name }
    let before = place.flatMap { Int(summaryMembers.remove(at: $0).json) } ?? 0
    summaryMembers.append((name, "\(before + count)"))
  }

  /// Says that the run will end with `status`, unless something worse comes.
  package func conclude(_ status: ExitStatus) {
    if status.rawValue > self.status.rawValue { self.status = status }
  }

  /// Reports one item that could not be done; the run goes on and ends with status 1.
  package func fail(_ message: String) {
    failures += 1
    console.error(message)
    conclude(.someFailed)
  }

  /// Notes that `path` will be written, once: two outputs would destroy each other.
  package func claim(_ path: String) throws(Failure) {
    let place = Self.place(of: path)
    guard !inputs.contains(place) else { throw refused(path, "named for an input and for an output") }
    guard claimed.insert(place).inserted else { throw refused(path, "named for two outputs") }
  }

  /// Refuses an input that an output would overwrite.
  package func checkInput(_ path: String) throws(Failure) {
    guard path != "-" else { return }
    let place = Self.place(of: path)
    if let summaryPath, Self.place(of: summaryPath) == place {
      throw refused(path, "named for an input and for --summary")
    }
    guard !claimed.contains(place) else { throw refused(path, "named for an input and for an output") }
    inputs.insert(place)
  }

  /// The file stays as it is, also where it was to be that of the summary.
  private func refused(_ path: String, _ why: String) -> Failure {
    if let summaryPath, Self.place(of: summaryPath) == Self.place(of: path) { self.summaryPath = nil }
    return Failure(.usage, "\(path): \(why)")
  }

  /// One text for all names of a file, also of one that is not there yet.
  private static func place(of path: String) -> String {
    func real(_ path: String) -> String? {
      guard let text = realpath(path, nil) else { return nil }
      defer { free(text) }
      return String(cString: text)
    }
    if let whole = real(path) { return whole }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.count > 1 ? parts.dropLast().joined(separator: "/") + "/" : "."
    return real(folder).map { "\($0)/\(parts.last ?? "")" } ?? path
  }

  package func opened(_ source: RecordSource) { self.source = source }
  package func opened(_ output: Output) { self.output = output }

  /// Gives the output its name, unless a signal has cut the run short.
  package func complete(_ output: Output) throws(Failure) {
    if Signals.isStopping { try output.flush() } else { try output.complete() }
  }

  /// Keeps what was good in a run that failed.
  func abandon(outputIsGone: Bool) {
    self.outputIsGone = outputIsGone
    source?.flushRejects()
    if !outputIsGone { try? output?.flush() }
  }

  /// Writes the summary; its failure makes the exit status 74.
  func writeSummary() {
    guard let summaryPath else { return }
    do throws(Failure) {
      let file = try OutputFile.create(summaryPath, console: console)
      let target = Output(file: file)
      target.buffer.append(text: summary)
      target.endRecord()
      try target.complete()
    } catch {
      console.error(error.message)
      conclude(error.status)
    }
  }

  private var summary: String {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let cpu =
      Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
      / 1e6
    var out = ByteBuffer()
    out.append("{\"tool\":")
    out.append(quoted: console.tool)
    out.append(",\"version\":")
    out.append(quoted: version)
    out.append(",\"started\":")
    out.append(quoted: startedAt)
    out.append(",\"wall_seconds\":")
    out.append(Double(Clock.now - began) / 1e6, decimals: 3)
    out.append(",\"cpu_seconds\":")
    out.append(cpu, decimals: 3)
    out.append(",\"peak_memory_bytes\":")
    out.append(interoperable: usage.ru_maxrss * 1024)
    if let source {
      out.append(",\"input_records\":")
      out.append(interoperable: source.records)
      out.append(",\"input_bytes\":")
      out.append(interoperable: source.bytes)
      out.append(",\"bad_lines\":")
      out.append(interoperable: source.badLines)
      out.append(",\"resumed_records\":")
      out.append(interoperable: source.skippedAsDone)
    }
    if let output {
      out.append(",\"output_records\":")
      out.append(interoperable: output.records)
      out.append(",\"output_bytes\":")
      out.append(interoperable: output.bytes)
    }
    for member in summaryMembers {
      out.append(byte: 0x2C)
      out.append(quoted: member.name)
      out.append(byte: 0x3A)
      out.append(text: member.json)
    }
    // As a shell sees an end by a signal.
    let signal = outputIsGone ? SIGPIPE : Signals.stopNumber
    out.append(",\"stopped_by_signal\":")
    out.append(signal != 0 ? "true" : "false")
    out.append(",\"exit_status\":")
    out.append(Int(signal != 0 ? 128 + signal : status.rawValue))
    out.append("}")
    return out.bytes.string
  }
}
