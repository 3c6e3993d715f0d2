import Testing

@testable import Transfer

@Suite struct ClassSharesTests {
  private static let sizes = [1 << 20, 100 << 20, 2 << 30]

  /// Starts what may start; how many of each class.
  private func fill(_ shares: inout ClassShares) -> [Int] {
    var started = [0, 0, 0]
    while let index = shares.next() {
      shares.waiting(index, count: -1, bytes: Self.sizes[index])
      shares.started(index, bytes: Self.sizes[index])
      started[index] += 1
    }
    return started
  }

  private func shares(_ workers: Int, _ limits: [Int] = [0, 0, 0], waiting: [Int]) -> ClassShares {
    var shares = ClassShares(workers: workers, limits: limits)
    for (index, count) in waiting.enumerated() {
      for _ in 0..<count { shares.waiting(index, count: 1, bytes: Self.sizes[index]) }
    }
    return shares
  }

  @Test(arguments: [
    (500, [1000, 0, 0], [500, 0, 0]), (500, [0, 1000, 0], [0, 487, 0]), (500, [0, 0, 1000], [0, 0, 475]),
    (4, [0, 0, 9], [0, 0, 3]), (3, [0, 0, 9], [0, 0, 3]), (1, [0, 0, 9], [0, 0, 1]), (4, [0, 9, 0], [0, 3, 0]),
    (500, [3, 2, 0], [3, 2, 0]), (500, [0, 0, 0], [0, 0, 0]), (4, [1, 1, 9], [1, 1, 2]),
  ])
  func anIdleClassLendsAllButTheKeptWorkers(workers: Int, waiting: [Int], started: [Int]) {
    var shares = shares(workers, waiting: waiting)
    #expect(fill(&shares) == started)
  }

  @Test func sharesFollowCountsAndBytes() {
    // Counts: 0.8, 0.1, 0.1; bytes: nearly none, 0.05, 0.95.
    var mixed = shares(200, waiting: [8000, 1000, 1000])
    let started = fill(&mixed)
    #expect((75...90).contains(started[0]) && (10...25).contains(started[1]) && (95...110).contains(started[2]))
    #expect(started.reduce(0, +) == 200)
    var unsized = ClassShares(workers: 100, limits: [0, 0, 0])
    for _ in 0..<1000 { unsized.waiting(0, count: 1, bytes: 0) }
    #expect(unsized.next() == 0)
  }

  @Test(arguments: [[7, 0, 0], [0, 7, 0], [0, 0, 7], [5, 5, 5], [1, 2, 3], [200, 1, 300]])
  func limitsAreHard(limits: [Int]) {
    var shares = shares(100, limits, waiting: [500, 500, 500])
    let started = fill(&shares)
    for (count, limit) in zip(started, limits) where limit > 0 { #expect(count <= limit) }
    if !limits.contains(0) { #expect(started.reduce(0, +) <= limits.reduce(0, +)) }
    if limits[2] == 7 { #expect(started[2] == 7 && started.reduce(0, +) == 100) }
  }

  @Test func nothingIsKeptForAClassThatItsLimitHolds() {
    var shares = shares(100, [1, 1, 0], waiting: [1, 1, 500])
    #expect(fill(&shares) == [1, 1, 98])
  }

  @Test(arguments: [4, 5, 19, 20, 40, 500])
  func aSmallObjectNeverWaitsForALargeOne(workers: Int) {
    var shares = shares(workers, waiting: [0, 500, 500])
    _ = fill(&shares)
    shares.waiting(0, count: 1, bytes: 1)
    #expect(shares.next() == 0)
  }

  @Test func theLargestSizesDoNotOverflow() {
    var shares = ClassShares(workers: 100_000, limits: [0, 0, 0])
    for _ in 0..<200_000 { shares.waiting(2, count: 1, bytes: .max) }
    shares.waiting(0, count: 1, bytes: -5)
    #expect(shares.next() == 0)
    for _ in 0..<200_000 { shares.waiting(2, count: -1, bytes: .max) }
    shares.waiting(0, count: -1, bytes: -5)
    #expect(shares.next() == nil)
  }

  /// Objects in three orders through a read-ahead of 1000; small ones last 1, medium ones 20, large ones 400. The wait of
  /// each object while it could be seen must be bounded, and all workers busy while enough waits.
  @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0]], [4, 20, 100])
  func noClassStarves(order: [Int], workers: Int) {
    let durations = [1, 20, 400]
    var shares = ClassShares(workers: workers, limits: [0, 0, 0])
    var random = Seeded(3)
    var queues: [[Int]] = [[], [], []]
    var heads = [0, 0, 0]
    var running: [(index: Int, end: Int)] = []
    var longest = [0, 0, 0]
    var ended = [0, 0, 0]
    var isFirst = true
    for now in 0..<20_000 {
      for done in running where done.end <= now {
        shares.ended(done.index, bytes: Self.sizes[done.index])
        ended[done.index] += 1
      }
      running.removeAll { $0.end <= now }
      // At first each class by itself in the order given, later at random: an endless mix.
      var waiting = (0..<3).reduce(0) { $0 + queues[$1].count - heads[$1] }
      while waiting < 999 {
        let index = isFirst ? order[waiting / 333] : random.below(3)
        queues[index].append(now)
        shares.waiting(index, count: 1, bytes: Self.sizes[index])
        waiting += 1
      }
      isFirst = false
      while let index = shares.next() {
        guard heads[index] < queues[index].count else { return #expect(Bool(false), "nothing of \(index) waits") }
        longest[index] = max(longest[index], now - queues[index][heads[index]])
        heads[index] += 1
        shares.waiting(index, count: -1, bytes: Self.sizes[index])
        shares.started(index, bytes: Self.sizes[index])
        running.append((index, now + durations[index]))
      }
      let isSmallWaiting = heads[0] < queues[0].count
      #expect(running.count >= (isSmallWaiting ? workers : workers - max(1, workers / 20)))
    }
    for index in 0..<3 {
      #expect(ended[index] > 20)
      // A class has at least one worker, so that 999 objects of it are through after so long.
      #expect(longest[index] <= 1000 * durations[index])
    }
    #expect(longest[0] <= 1000)
  }

  @Test func keepsItsRulesWhateverComes() {
    var random = Seeded(4)
    for _ in 0..<200 {
      let workers = 1 + random.below(60)
      let limits = (0..<3).map { _ in random.below(3) == 0 ? 1 + random.below(20) : 0 }
      var shares = ClassShares(workers: workers, limits: limits)
      var waiting: [[Int]] = [[], [], []]
      var inFlight: [[Int]] = [[], [], []]
      for _ in 0..<400 {
        let index = random.below(3)
        switch random.below(4) {
        case 0, 1:
          waiting[index].append(random.below(1 << 30))
          shares.waiting(index, count: 1, bytes: waiting[index].last!)
        case 2:
          if let bytes = inFlight[index].popLast() { shares.ended(index, bytes: bytes) }
        default:
          if let bytes = waiting[index].popLast() { shares.waiting(index, count: -1, bytes: bytes) }
        }
        let total = inFlight.reduce(0) { $0 + $1.count }
        guard let next = shares.next() else {
          // All are busy, or what waits is held by its limit, or it is larger than what workers are kept for.
          let kept = workers < 4 ? 0 : max(1, workers / 20)
          let canGo = (0..<3).filter { !waiting[$0].isEmpty && (limits[$0] == 0 || inFlight[$0].count < limits[$0]) }
          #expect(total == workers || !canGo.contains(0))
          #expect(total >= workers - kept || canGo.isEmpty)
          continue
        }
        #expect(total < workers && !waiting[next].isEmpty)
        #expect(limits[next] == 0 || inFlight[next].count < limits[next])
        let bytes = waiting[next].removeLast()
        shares.waiting(next, count: -1, bytes: bytes)
        shares.started(next, bytes: bytes)
        inFlight[next].append(bytes)
      }
    }
  }
}
