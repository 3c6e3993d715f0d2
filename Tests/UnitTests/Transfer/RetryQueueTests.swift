import Testing

@testable import Transfer

@Suite struct RetryQueueTests {
  @Test func ordersLikeASortedArray() {
    var random = Seeded(14)
    var queue = RetryQueue()
    var model: [(due: Int, id: Int)] = []
    var now = 0
    for id in 1...5000 {
      if random.below(2) == 0 {
        let job = Job()
        job.attempts = id
        let due = now + random.below(50)
        queue.add(job, due: due)
        model.append((due, id))
      } else {
        now += random.below(4)
        let job = queue.popDue(now)
        let earliest = model.map(\.due).min()
        guard let job else {
          #expect(earliest.map { $0 > now } ?? true)
          continue
        }
        let place = model.firstIndex { $0.id == job.attempts }
        #expect(place.map { model[$0].due } == earliest)
        if let place { model.remove(at: place) }
      }
      #expect(queue.count == model.count && queue.nextDue == model.map(\.due).min() ?? .max)
    }
    var rest = Set<Int>()
    while let job = queue.popAny() { rest.insert(job.attempts) }
    #expect(rest == Set(model.map(\.id)) && queue.count == 0)
  }

  @Test func isEmptyAtFirst() {
    var queue = RetryQueue()
    #expect(queue.nextDue == .max && queue.popAny() == nil && queue.popDue(.max) == nil)
    queue.add(Job(), due: 5)
    #expect(queue.popDue(4) == nil && queue.nextDue == 5)
    #expect(queue.popDue(5) != nil && queue.nextDue == .max)
  }
}
