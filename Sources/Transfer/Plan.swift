import Records

/// What a run would fetch.
package struct Plan {
  private let settings: FetchSettings
  private var requests = 0
  private var hosts: Set<UInt64> = []
  private var bytes = 0
  private var sized = 0

  package init(_ settings: FetchSettings) { self.settings = settings }

  /// The items that a record stands for: one, or one for each point of presence.
  package func jobs(of record: Record) throws(BadRecord) -> [Job] {
    let named = try settings.pop(namedBy: record)
    guard !settings.pops.isEmpty else { return [try job(of: record)] }
    var jobs: [Job] = []
    for pop in settings.pops.indices where named == nil || named == pop {
      let job = try job(of: record)
      job.target(pop, settings, isNamed: named != nil)
      jobs.append(job)
    }
    return jobs
  }

  private func job(of record: Record) throws(BadRecord) -> Job {
    let job = Job()
    try job.load(record, settings)
    return job
  }

  /// Counts a job that would be done.
  package mutating func add(_ job: Job) {
    requests += 1
    hosts.insert(tableHash(job.start))
    if let size = job.size {
      bytes = bytes.addingReportingOverflow(size).overflow ? .max : bytes + size
      sized += 1
    }
  }

  /// The plan in one line.
  package var summary: String {
    var text =
      "\(requests) \(requests == 1 ? "request" : "requests") to \(hosts.count) \(hosts.count == 1 ? "host" : "hosts") would be made"
    if sized > 0 {
      let unknown = requests - sized
      text += ", of objects of \(bytes) bytes" + (unknown > 0 ? " (\(unknown) of unknown size)" : "")
    }
    return text
  }
}

extension FetchSettings {
  /// The index in `pops` of the point of presence that a record is for; nil: all.
  func pop(namedBy record: Record) throws(BadRecord) -> Int? {
    guard record.has(.targetPop) else { return nil }
    let name = try record.required(.targetPop).string
    guard let index = pops.firstIndex(where: { $0.name == name }) else {
      throw BadRecord("“target_pop” is “\(name.prefix(60))”, which no --pop names")
    }
    return index
  }
}
