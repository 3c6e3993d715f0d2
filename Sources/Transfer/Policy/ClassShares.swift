/// Which of the classes small (0), medium (1) and large (2) gets the next free worker. Each class is given workers in
/// proportion to the requests and the bytes that it has waiting and in flight; a class with nothing to do lends its own.
/// Some workers are kept from the larger classes, so that a small object never waits for a large one to end.
struct ClassShares {
  private struct Load {
    var waiting = 0
    var inFlight = 0
    /// Waiting and in flight.
    var bytes = 0

    var count: Int { waiting + inFlight }
  }

  /// More bytes than this weigh no more: sums stay far from overflow.
  private static let largestWeight = 1 << 44

  /// Requests in flight at most, of all classes.
  let workers: Int
  /// The most in flight of each class; 0: as its share says.
  private let limits: [Int]
  private var loads = [Load](repeating: Load(), count: 3)

  init(workers: Int, limits: [Int]) {
    precondition(limits.count == 3)
    self.workers = workers
    self.limits = limits
  }

  /// A request begins to wait (`count` 1) or waits no longer (-1), be it that it starts or that it is given up.
  mutating func waiting(_ index: Int, count: Int, bytes: Int) {
    loads[index].waiting += count
    loads[index].bytes += count * Self.weight(bytes)
  }

  /// A request is in flight from now on; it has been taken off those that wait.
  mutating func started(_ index: Int, bytes: Int) {
    loads[index].inFlight += 1
    loads[index].bytes += Self.weight(bytes)
  }

  /// A request that was started is in flight no longer.
  mutating func ended(_ index: Int, bytes: Int) {
    loads[index].inFlight -= 1
    loads[index].bytes -= Self.weight(bytes)
  }

  /// The class whose turn it is: of those that have something waiting and may start, the one with the least in flight
  /// beside its share. Nil where none may start now.
  func next() -> Int? {
    let free = workers - loads.reduce(0) { $0 + $1.inFlight }
    guard free > 0 else { return nil }
    let counts = Double(loads.reduce(0) { $0 + $1.count })
    let bytes = Double(loads.reduce(0) { $0 + $1.bytes })
    var best: (index: Int, use: Double)?
    for index in loads.indices where mayStart(index, free: free) {
      let ofCounts = Double(loads[index].count) / counts
      let ofBytes = bytes > 0 ? Double(loads[index].bytes) / bytes : ofCounts
      let use = Double(loads[index].inFlight) / max(1, Double(workers) * (ofCounts + ofBytes) / 2)
      if use < best?.use ?? .infinity { best = (index, use) }
    }
    return best?.index
  }

  private func mayStart(_ index: Int, free: Int) -> Bool {
    loads[index].waiting > 0 && (limits[index] == 0 || loads[index].inFlight < limits[index])
      && free > kept(from: index)
  }

  /// Free workers that a class leaves to the smaller ones: one in twenty, less those that these use. Half of them are for
  /// small objects alone.
  private func kept(from index: Int) -> Int {
    guard index > 0, workers >= 4 else { return 0 }
    let all = max(1, workers / 20)
    let ofSmall = unused(0, of: (all + 1) / 2)
    guard index == 2 else { return ofSmall }
    return max(ofSmall, min(unused(0, of: all) + unused(1, of: all), all - loads[0].inFlight - loads[1].inFlight))
  }

  /// What a class does not use of so many workers, as far as its own limit lets it.
  private func unused(_ index: Int, of count: Int) -> Int {
    let usable = limits[index] == 0 ? count : min(count, limits[index])
    return max(0, usable - loads[index].inFlight)
  }

  private static func weight(_ bytes: Int) -> Int { min(max(0, bytes), largestWeight) }
}
