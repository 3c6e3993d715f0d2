import ArgumentParser
import Glibc
import Records
import Toolkit
import Transfer

@main struct Fetch: Tool {
  static let configuration = CommandConfiguration(
    commandName: "mt-fetch", abstract: "Fetch URLs to warm caches, and record how each request went.",
    version: "mt-fetch \(toolkitVersion)")
  static let schema = Schema.items(of: .fetch)

  @Option(help: ArgumentHelp("Seconds that one attempt may take.", valueName: "seconds"))
  var timeout = 240.0

  @Option(help: ArgumentHelp("Seconds that a connection may take to open.", valueName: "seconds"))
  var connectTimeout = 30.0

  @Option(help: ArgumentHelp("Further attempts after transport errors, 5xx, 408, 425 and 429.", valueName: "n"))
  var retry = 2

  @Option(
    help: ArgumentHelp(
      "Longest pause before an attempt; a Retry-After beyond it is not waited for.", valueName: "seconds"))
  var retryMaxDelay = 60.0

  @Option(help: ArgumentHelp("Redirects followed at most; 0: none.", valueName: "n"))
  var maxRedirects = 10

  @Option(help: ArgumentHelp("Seconds that an idle connection is kept for reuse; 0: none is.", valueName: "seconds"))
  var connectionCloseDelay = 15

  @Flag(help: "Write the requests that would be made, and make none.")
  var dryRun = false

  @Option(
    help: ArgumentHelp("Seconds that requests in flight have to end after SIGINT or SIGTERM.", valueName: "seconds"))
  var grace = 5

  @OptionGroup var flow: FlowOptions
  @OptionGroup var proof: ProofOptions
  @OptionGroup var place: PlaceOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var resume: ResumeOptions
  @OptionGroup var common: CommonOptions

  mutating func validate() throws {
    try checkRange("timeout", timeout, 0.001...86_400)
    try checkRange("connect-timeout", connectTimeout, 0.001...86_400)
    try checkRange("retry", Double(retry), 0...100)
    try checkRange("retry-max-delay", retryMaxDelay, 0...86_400)
    try checkRange("max-redirects", Double(maxRedirects), 0...100)
    try checkRange("connection-close-delay", Double(connectionCloseDelay), 0...86_400)
    try checkRange("grace", Double(grace), 0...3600)
    try flow.check()
    try proof.check()
    try place.check()
  }

  func execute(_ run: Run) throws(Failure) {
    var settings = FetchSettings()
    settings.timeout = Int(timeout * 1e6)
    settings.connectTimeout = Int(connectTimeout * 1e6)
    settings.retry.limit = retry
    settings.retry.maximumDelay = Int(retryMaxDelay * 1e6)
    settings.maximumRedirects = maxRedirects
    settings.connectionCloseDelay = connectionCloseDelay
    flow.apply(to: &settings)
    proof.apply(to: &settings)
    try place.apply(to: &settings)
    try input.input.checkFiles()
    if dryRun { try tryDry(settings, run) } else { try fetch(settings, run) }
  }

  private func fetch(_ settings: FetchSettings, _ run: Run) throws(Failure) {
    var settings = settings
    settings.workers = FileDescriptorLimit.raise(for: settings.workers, run.console)
    let (output, resume) = try resume.open(self.output, owning: Job.written, run)
    let source = try source(run, settings, resume)
    let tally = Tally(run)
    let engine = try Engine(settings, source: source, resume: resume, output: output, run: run, grace: grace) {
      [settings] job, outcome in
      output.write(job.body.bytes) { $0.append(outcome, of: job, settings) }
      tally.add(outcome, job.proof)
    }
    run.progress.underWay = { engine.itemsUnderWay }
    try engine.fetchAll()
    try source.finish()
    tally.report()
    try run.complete(output)
  }

  /// - Parameter resume: what is done already; items of a point of presence are looked for by the engine.
  private func source(_ run: Run, _ settings: FetchSettings, _ resume: Resume?) throws(Failure) -> RecordSource {
    try RecordSource(
      input.input, run: run, reading: Job.fields, owning: Job.written, resume: settings.pops.isEmpty ? resume : nil,
      plainLine: plainURL)
  }

  /// Writes what would be fetched to standard output; the file of -o stays as it is.
  private func tryDry(_ settings: FetchSettings, _ run: Run) throws(Failure) {
    let resume = try resume.look(self.output, owning: Job.written, run)
    let source = try source(run, settings, resume)
    let output = Output(file: nil)
    run.opened(output)
    var plan = Plan()
    while let record = try source.next(beforeWaiting: { () throws(Failure) in try output.flush() }) {
      do throws(BadRecord) {
        try settings.forEachItem(of: record) { job in
          guard settings.pops.isEmpty || resume?.isDone(body: job.body.bytes) != true else { return }
          plan.add(job)
          // What a body is to be held against is a request's member too.
          output.write(job.body.bytes) { if let sum = record.text(.sha256) { $0.append(.sha256, sum.string) } }
        }
      } catch {
        try source.reject(error)
      }
      try output.flushIfFull()
    }
    try source.finish()
    try run.complete(output)
    run.console.note(plan.summary)
  }

  /// A line that is a URL and no JSON.
  private func plainURL(_ line: Bytes, _ record: inout ByteBuffer) throws(BadRecord) {
    guard isUTF8(line) else { throw BadRecord("not valid UTF-8") }
    guard endOfAuthority(line) != nil else { throw BadRecord("neither a JSON object nor an http or https URL") }
    record.append("{\"url\":")
    record.append(quoted: line)
    record.append("}")
  }
}
