import Records
import Testing
import Toolkit

@testable import Transfer

@Suite struct HostGateTests {
  private func job(_ url: String) throws -> Job {
    let job = Job()
    try withRecord("{\"url\":\"\(url)\"}") { try job.load($0) }
    return job
  }

  private func isNow(_ admission: HostGate.Admission) -> Bool { if case .now = admission { true } else { false } }

  @Test func oneRequestLooksTheNameUpWhileTheOthersWait() throws {
    var gate = HostGate()
    let leader = try job("http://a/1")
    #expect(isNow(gate.admit(leader, 0)))
    for i in 0..<3 { #expect(!isNow(gate.admit(try job("http://a/\(i)"), 0))) }
    #expect(isNow(gate.admit(try job("http://b/1"), 0)))
    #expect(gate.waitingCount == 3 && gate.release().isEmpty)
    leader.hasLookedUp = true
    #expect(gate.release().count == 3 && gate.waitingCount == 0)
    #expect(isNow(gate.admit(try job("http://a/9"), 0)))
  }

  @Test func aHostRestsAsLongAsItAsked() throws {
    var gate = HostGate()
    let leader = try job("http://a/1")
    _ = gate.admit(leader, 0)
    leader.hasLookedUp = true
    _ = gate.release()
    gate.rest(leader.hostHash, until: 1_000_000)
    gate.rest(leader.hostHash, until: 500_000)
    guard case .later(let due) = gate.admit(try job("http://a/2"), 999_999) else {
      Issue.record("the host does not rest")
      return
    }
    #expect((1_000_000...1_250_000).contains(due))
    #expect(isNow(gate.admit(try job("http://a/2"), 1_000_001)))
  }
}
