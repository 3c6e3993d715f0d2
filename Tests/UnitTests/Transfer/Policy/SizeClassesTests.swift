import Testing

@testable import Transfer

@Suite struct SizeClassesTests {
  @Test(arguments: [
    (0, "small"), (50 << 20, "small"), (50 << 20 | 1, "medium"), (200 << 20, "medium"), (200 << 20 | 1, "large"),
    (.max, "large"),
  ])
  func theUsualLimitsAreOf50And200MiB(bytes: Int, name: String) {
    #expect("\(SizeClasses().name(of: bytes))" == name)
    #expect("\(SizeClasses.names[SizeClasses().index(of: bytes)])" == name)
  }

  @Test(arguments: [(0, 0), (10, 0), (11, 1), (12, 2), (0, 0)])
  func limitsMayDiffer(bytes: Int, index: Int) {
    #expect(SizeClasses(smallLimit: 10, mediumLimit: 11).index(of: bytes) == index)
  }

  @Test func aResultSaysTheClassOfTheLimitsGiven() {
    var outcome = Outcome()
    outcome.bytes = 11
    var settings = FetchSettings()
    #expect(written { $0.append(outcome, of: Job(), settings) }.contains(#""size_class":"small""#))
    settings.sizeClasses = SizeClasses(smallLimit: 10, mediumLimit: 20)
    #expect(written { $0.append(outcome, of: Job(), settings) }.contains(#""size_class":"medium""#))
  }
}
