import Records

/// What a run would fetch.
package struct Plan {
  private var requests = 0
  private var hosts: Set<UInt64> = []
  private var bytes = 0
  private var sized = 0

  package init() {}

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
  /// Calls `body` with each item that a record stands for: one, or one for each point of presence.
  /// - Parameter make: gives a job to load it into.
  package func forEachItem(
    of record: Record, _ make: () -> Job = { Job() }, _ body: (Job) -> Void
  ) throws(BadRecord) {
    let named = try pop(namedBy: record)
    for pop in pops.isEmpty ? -1..<0 : pops.indices where named == nil || named == pop {
      let job = make()
      try job.load(record, self)
      if pop >= 0 { job.target(pop, self, isNamed: named != nil) }
      body(job)
    }
  }

  /// The index in `pops` of the point of presence that a record is for; nil: all.
  private func pop(namedBy record: Record) throws(BadRecord) -> Int? {
    guard record.has(.targetPop) else { return nil }
    let name = try record.required(.targetPop).string
    guard let index = pops.firstIndex(where: { $0.name == name }) else {
      throw BadRecord("“target_pop” is “\(name.prefix(60))”, which no --pop names")
    }
    return index
  }
}
