import Records
import Testing
import Toolkit

@testable import Transfer

/// Jobs, their hosts and the scheduler, as the engine has them.
private struct Stage {
  var settings = FetchSettings()
  var hosts: Hosts
  var scheduler: Scheduler

  init(_ change: (inout FetchSettings) -> Void = { _ in }) {
    change(&settings)
    settings.settle()
    hosts = Hosts(settings)
    scheduler = Scheduler(settings)
  }

  mutating func job(_ url: String, size: Int? = nil) throws -> Job {
    let job = Job()
    let size = size.map { ",\"size\":\($0)" } ?? ""
    try withRecord("{\"url\":\"\(url)\"\(size)}") { try job.load($0, settings) }
    job.host = hosts.host(job.start, pop: -1)
    job.place = settings.isBySize ? settings.sizeClasses.index(of: job.size ?? 0) : 0
    return job
  }

  /// Starts all that may start at `now`.
  mutating func startAll(_ now: Int) -> [Job] {
    var started: [Job] = []
    while case .start(let job) = scheduler.next(now) { started.append(job) }
    return started
  }
}

@Suite struct SchedulerTests {
  @Test func oneRequestLooksTheNameUpWhileTheOthersWait() throws {
    var stage = Stage()
    for i in 0..<4 { stage.scheduler.add(try stage.job("http://a/\(i)")) }
    stage.scheduler.add(try stage.job("http://b/"))
    let leaders = stage.startAll(0)
    #expect(leaders.map { $0.host.authority.name } == ["a", "b"] && leaders.allSatisfy(\.isLeader))
    #expect(stage.scheduler.parkedCount == 3)
    stage.scheduler.lookedUp(leaders[0])
    #expect(stage.startAll(0).count == 3 && stage.scheduler.waitingCount == 0)
  }

  @Test func aLeaderThatEndsLetsTheOthersGo() throws {
    var stage = Stage()
    for i in 0..<3 { stage.scheduler.add(try stage.job("http://a/\(i)")) }
    let leader = try #require(stage.startAll(0).first)
    stage.scheduler.ended(leader)
    #expect(stage.startAll(0).count == 2)
  }

  @Test func anAddressNeedsNoLookup() throws {
    var stage = Stage()
    for url in ["http://127.0.0.1/1", "http://127.0.0.1/2", "http://[::1]:81/1", "http://[::1]:81/2"] {
      stage.scheduler.add(try stage.job(url))
    }
    #expect(stage.startAll(0).count == 4)
  }

  @Test func workersAreTheLimit() throws {
    var stage = Stage { $0.workers = 3 }
    for i in 0..<9 { stage.scheduler.add(try stage.job("http://127.0.0.1/\(i)")) }
    var jobs = stage.startAll(0)
    #expect(jobs.count == 3)
    stage.scheduler.ended(jobs.removeLast())
    #expect(stage.startAll(0).count == 1)
  }

  @Test func aHostRestsAsLongAsItAskedAndOthersGoOn() throws {
    var stage = Stage()
    let first = try stage.job("http://127.0.0.1/1")
    stage.scheduler.add(first)
    _ = stage.startAll(0)
    stage.scheduler.ended(first)
    stage.scheduler.rest(first.host, until: 100)
    stage.scheduler.rest(first.host, until: 50)
    stage.scheduler.add(try stage.job("http://127.0.0.1/2"))
    stage.scheduler.add(try stage.job("http://127.0.0.2/1"))
    #expect(stage.startAll(10).map { $0.host.authority.name } == ["127.0.0.2"])
    guard case .wait(until: 100) = stage.scheduler.next(99) else {
      Issue.record("the end of the rest is not waited for")
      return
    }
    #expect(stage.startAll(100).count == 1)
  }

  @Test func aHostTakesSoManyAtOnce() throws {
    var stage = Stage { $0.perHost = 2 }
    for i in 0..<5 { stage.scheduler.add(try stage.job("http://127.0.0.1/\(i)")) }
    stage.scheduler.add(try stage.job("http://127.0.0.2/"))
    var started = stage.startAll(0)
    #expect(started.filter { $0.host.authority.name == "127.0.0.1" }.count == 2 && started.count == 3)
    var total = started.count
    while let job = started.popLast() {
      stage.scheduler.ended(job)
      let more = stage.startAll(0)
      #expect(job.host.inFlight <= 2)
      total += more.count
      started += more
    }
    #expect(total == 6 && stage.scheduler.waitingCount == 0 && stage.scheduler.inFlight == 0)
  }

  @Test func nothingMoreGoesToAHostThatWasGivenUp() throws {
    var stage = Stage {
      $0.giveUpAfter = 3
      $0.perHost = 1
    }
    for i in 0..<6 { stage.scheduler.add(try stage.job("http://127.0.0.1/\(i)")) }
    var outcome = Outcome()
    outcome.fail(.connect, "refused")
    var abandoned = 0
    var started = 0
    loop: while true {
      switch stage.scheduler.next(0) {
      case .start(let job):
        started += 1
        stage.scheduler.ended(job)
        job.host.record(outcome, giveUpAfter: 3, now: 0)
        if job.host.isGivenUp { stage.scheduler.gaveUp(job.host) }
      case .abandon: abandoned += 1
      case .wait: break loop
      }
    }
    #expect(started == 3 && abandoned == 3 && stage.scheduler.waitingCount == 0)
  }

  @Test func aGoodAnswerForgivesAHost() throws {
    var stage = Stage()
    let host = try stage.job("http://127.0.0.1/").host!
    var bad = Outcome()
    bad.fail(.timeout, "slow")
    var missing = Outcome()
    missing.fail(.notFound, "404")
    for _ in 0..<10 {
      host.record(bad, giveUpAfter: 3, now: 0)
      host.record(bad, giveUpAfter: 3, now: 0)
      host.record(missing, giveUpAfter: 3, now: 0)
    }
    #expect(!host.isGivenUp)
    for _ in 0..<3 { host.record(bad, giveUpAfter: 3, now: 0) }
    #expect(host.isGivenUp && host.lastFailure == "timeout: slow")
  }

  @Test func aRateIsKept() throws {
    var stage = Stage { $0.rate = 1000 }
    for i in 0..<500 { stage.scheduler.add(try stage.job("http://127.0.0.1/\(i)")) }
    var count = 0
    for now in stride(from: 0, to: 300_000, by: 500) { count += stage.startAll(now).count }
    #expect((295...305).contains(count))
  }

  @Test func smallOnesDoNotWaitBehindLargeOnes() throws {
    var stage = Stage {
      $0.workers = 40
      $0.isBySize = true
    }
    for i in 0..<200 { stage.scheduler.add(try stage.job("http://127.0.0.1/large\(i)", size: 1 << 30)) }
    _ = stage.startAll(0)
    for i in 0..<200 { stage.scheduler.add(try stage.job("http://127.0.0.1/small\(i)", size: 1)) }
    let small = stage.startAll(1)
    #expect(!small.isEmpty && small.allSatisfy { $0.place == 0 })
  }

  @Test func whatWaitsForItsHostComesOutWhenTheRunIsStopped() throws {
    var stage = Stage { $0.perHost = 1 }
    for i in 0..<5 { stage.scheduler.add(try stage.job("http://127.0.0.1/\(i)")) }
    let paused = try stage.job("http://127.0.0.1/paused")
    stage.scheduler.add(paused, due: 1000)
    _ = stage.startAll(0)
    for host in stage.hosts.all { stage.scheduler.drain(host) }
    var left = 0
    while stage.scheduler.popAny() != nil { left += 1 }
    #expect(left == 5 && stage.scheduler.waitingCount == 0)
  }

  @Test func hostsAreForgottenBeforeTheyAreTooMany() throws {
    var stage = Stage()
    for i in 0..<20_000 {
      let job = try stage.job("http://host-\(i)/")
      stage.scheduler.add(job)
      _ = stage.startAll(0)
      stage.scheduler.ended(job)
    }
    #expect(stage.hosts.count <= 4096)
  }
}

@Suite struct HostTests {
  @Test func anAddressThatFailedIsForgottenButNoOther() throws {
    var stage = Stage()
    let host = try stage.job("http://name.example/").host!
    #expect(host.isPlain && host.address == nil)
    host.connected(to: "192.0.2.1", now: 0)
    #expect(host.address?.text == "192.0.2.1" && !host.takesRefresh(now: 59_999_999))
    host.forgetAddress("192.0.2.9")
    #expect(host.address?.text == "192.0.2.1")
    #expect(host.takesRefresh(now: 60_000_000) && !host.takesRefresh(now: 60_000_001))
    host.forgetAddress("192.0.2.1")
    #expect(host.address == nil)
  }

  @Test func theNextAddressIsTriedWhereOneFailed() throws {
    var stage = Stage()
    let host = try stage.job("https://name.example/").host!
    let addresses = ["192.0.2.1", "2001:db8::2"]
    host.resolved(to: addresses, now: 0)
    #expect(String(cString: host.connectTo!.pointee.data) == "name.example::192.0.2.1:")
    host.forgetAddress("192.0.2.1")
    host.resolved(to: addresses, now: 0)
    #expect(String(cString: host.connectTo!.pointee.data) == "name.example::[2001:db8::2]:")
  }

  @Test func anAddressInTheURLIsNeverForgotten() throws {
    var stage = Stage()
    let host = try stage.job("http://192.0.2.1/").host!
    host.forgetAddress("192.0.2.1")
    #expect(host.address?.text == "192.0.2.1" && host.name == nil)
  }
}

@Suite struct PlanTests {
  @Test func sumsUpWithoutOverflow() throws {
    var plan = Plan()
    var stage = Stage()
    for i in 0..<3 { plan.add(try stage.job("http://h\(i % 2)/\(i)", size: i == 2 ? nil : .max)) }
    #expect(plan.summary == "3 requests to 2 hosts would be made, of objects of \(Int.max) bytes (1 of unknown size)")
  }

  @Test func aRecordIsAnItemForEachPointOfPresence() throws {
    var settings = FetchSettings()
    settings.pops = try PointOfPresence.parse(["a=192.0.2.1,b=192.0.2.2"])
    func items(_ line: String) throws -> [String] {
      var found: [String] = []
      try withRecord(line, owning: Job.written) { record in
        try settings.forEachItem(of: record) { found.append("\($0.pop) \($0.body.bytes.string)") }
      }
      return found
    }
    #expect(
      try items(#"{"url":"http://h/"}"#) == [
        #"0 {"url":"http://h/","target_pop":"a""#, #"1 {"url":"http://h/","target_pop":"b""#,
      ])
    #expect(
      try items(#"{"url":"http://h/","target_pop":"b"}"#) == [#"1 {"url":"http://h/","target_pop":"b""#])
    #expect(throws: BadRecord.self) { try items(#"{"url":"http://h/","target_pop":"c"}"#) }
  }
}

@Suite struct AuthorityTests {
  @Test(arguments: [
    ("http://a", "a", 80, "a", true), ("https://A.b:443", "A.b", 443, "A.b", true),
    ("http://a:8080", "a", 8080, "a:8080", true), ("http://[::1]:81", "::1", 81, "[::1]:81", true),
    ("http://[::1]", "::1", 80, "[::1]", true), ("http://u:p@a:1", "a", 1, "a:1", false),
    ("http://a:", "a", 80, "a", false), ("http://a:99999", "a", 80, "a", false), ("http://ä", "ä", 80, "ä", false),
    ("http://[::1", "::1", 80, "[::1]", false), ("http://a%41", "a%41", 80, "a%41", false),
  ])
  func parts(_ text: String, _ name: String, _ port: UInt16, _ header: String, _ isSimple: Bool) {
    let authority = lend(text) { Authority($0) }
    #expect(authority.name == name && authority.port == port && authority.hostHeader == header)
    #expect(authority.isSimple == isSimple)
  }
}
