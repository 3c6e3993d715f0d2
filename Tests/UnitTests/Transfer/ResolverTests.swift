import Glibc
import Testing
import Toolkit

@testable import Transfer

@Suite struct ResolverTests {
  private static let v6 = [UInt8]([0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1])
  private let loop = DescriptorLoop()

  private func server(_ zone: [String: NameServer.Reply] = [:]) throws -> NameServer { try #require(NameServer(zone)) }

  private func resolver(
    _ ports: [UInt16], family: Int32 = AF_UNSPEC, timeout: Int = 15_000_000
  ) throws -> Resolver {
    try Resolver(
      servers: ports.map { "127.0.0.1:\($0)" }, family: family, timeout: timeout,
      watch: { [loop] in loop.watch($0, $1, $2) })
  }

  private func run(_ resolver: Resolver, until isDone: () -> Bool) -> Bool {
    loop.run(
      deadline: { resolver.deadline }, tick: { resolver.tick() },
      handle: { resolver.handle($0, isReadable: $1, isWritable: $2) }, until: isDone)
  }

  private func lookUp(_ name: String, _ resolver: Resolver) throws -> Resolver.Result {
    var result: Resolver.Result?
    resolver.lookUp(name) { result = $0 }
    #expect(result == nil)
    #expect(run(resolver) { result != nil })
    return try #require(result)
  }

  private func failure(_ name: String, _ resolver: Resolver) throws -> LookupFailure? {
    guard case .failure(let failure) = try lookUp(name, resolver) else { return nil }
    return failure
  }

  @Test func findsAddressesOfBothKinds() throws {
    let server = try server(["both.test": .addresses([Self.v6, [192, 0, 2, 1], [192, 0, 2, 2]])])
    let resolver = try resolver([server.port])
    #expect(try lookUp("both.test", resolver).get() == ["192.0.2.1", "192.0.2.2", "2001:db8::1"])
    #expect(try lookUp("Both.TEST.", resolver).get().count == 3)
    #expect(server.count("both.test") == 4 && resolver.deadline == .max && loop.isEmpty)
  }

  @Test(arguments: [(AF_INET, ["192.0.2.1"]), (AF_INET6, ["2001:db8::1"])])
  func asksForOneKindAlone(_ family: Int32, _ addresses: [String]) throws {
    let server = try server(["both.test": .addresses([Self.v6, [192, 0, 2, 1]])])
    let resolver = try resolver([server.port], family: family)
    #expect(try lookUp("both.test", resolver).get() == addresses)
    #expect(server.count("both.test") == 1)
  }

  @Test func asksTheServerAloneAndForTheNameAsItIs() throws {
    // What the machine calls itself is usually in /etc/hosts.
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let server = try server([host.lowercased(): .addresses([[192, 0, 2, 7]])])
    let resolver = try resolver([server.port])
    #expect(try lookUp(host, resolver).get() == ["192.0.2.7"])
    #expect(try failure("other", resolver) != nil)
    #expect(server.total == server.count(host.lowercased()) + server.count("other"))
  }

  @Test func tellsOfANameThatIsNot() throws {
    let server = try server()
    let failure = try failure("none.test", try resolver([server.port]))
    #expect(failure?.message == "127.0.0.1:\(server.port) knows no such name" && failure?.isTransient == false)
  }

  @Test func tellsOfANameWithoutAddress() throws {
    let server = try server(["v4.test": .addresses([[192, 0, 2, 1]])])
    let failure = try failure("v4.test", try resolver([server.port], family: AF_INET6))
    #expect(failure?.message == "the name has no IPv6 address" && failure?.isTransient == false)
  }

  @Test(arguments: [UInt8(2), 4, 5]) func tellsOfAServerThatDoesNotAnswerTheQuestion(_ code: UInt8) throws {
    let server = try server(["ill.test": .code(code)])
    let failure = try failure("ill.test", try resolver([server.port], family: AF_INET))
    #expect(failure?.message == "127.0.0.1:\(server.port) cannot be reached or refuses to answer")
    #expect(failure?.isTransient == true && server.count("ill.test") == 3)
  }

  @Test(arguments: [NameServer.Reply.silence, .wrongID])
  func givesUpWhereNoAnswerComes(_ reply: NameServer.Reply) throws {
    let server = try server(["silent.test": reply])
    let began = Clock.now
    let failure = try failure("silent.test", try resolver([server.port], family: AF_INET, timeout: 700_000))
    #expect(failure?.message == "127.0.0.1:\(server.port) did not answer in time" && failure?.isTransient == true)
    #expect((500_000..<3_000_000).contains(Clock.now - began))
    #expect(server.count("silent.test") == 3)
  }

  @Test func isNotMisledByABrokenAnswer() throws {
    let server = try server(["broken.test": .broken])
    let failure = try failure("broken.test", try resolver([server.port], timeout: 700_000))
    #expect(failure?.isTransient == true, "\(failure as Any)")
  }

  @Test func asksAgainOverTCPAndKeepsSixteen() throws {
    let all = (1...60).map { [192, 0, 2, UInt8($0)] }
    let server = try server(["many.test": .onlyOverTCP(all)])
    let addresses = try lookUp("many.test", try resolver([server.port], family: AF_INET)).get()
    #expect(addresses == all.prefix(16).map { "192.0.2.\($0[3])" })
  }

  @Test func asksTheNextServer() throws {
    let silent = try server(["a.test": .silence])
    let server = try server(["a.test": .addresses([[192, 0, 2, 1]])])
    let resolver = try resolver([silent.port, server.port], timeout: 1_400_000)
    #expect(try lookUp("a.test", resolver).get() == ["192.0.2.1"])
    #expect(silent.total > 0 && server.total > 0)
  }

  @Test func tellsOfAServerThatIsNotThere() throws {
    // A port that nobody is given by chance.
    let failure = try failure("a.test", try resolver([1], family: AF_INET))
    #expect(failure?.message == "127.0.0.1:1 cannot be reached or refuses to answer" && failure?.isTransient == true)
  }

  @Test(arguments: [
    ("localhost", ["127.0.0.1", "::1"]), ("a.LocalHost.", ["127.0.0.1", "::1"]), ("192.0.2.5", ["192.0.2.5"]),
    ("2001:db8::2", ["2001:db8::2"]),
  ])
  func knowsTheseWithoutAsking(_ name: String, _ addresses: [String]) throws {
    let server = try server()
    #expect(try lookUp(name, try resolver([server.port])).get() == addresses)
    #expect(server.total == 0)
  }

  @Test func anAddressOfTheOtherKindIsNone() throws {
    let failure = try failure("192.0.2.5", try resolver([1], family: AF_INET6))
    #expect(failure?.message == "the name has no IPv6 address")
    #expect(try lookUp("localhost", try resolver([1], family: AF_INET6)).get() == ["::1"])
  }

  @Test(arguments: ["", "a\0.test", String(repeating: "a.", count: 128), String(repeating: "a", count: 64) + ".test"])
  func refusesWhatIsNoName(_ name: String) throws {
    let server = try server()
    let failure = try failure(name, try resolver([server.port]))
    #expect(failure == LookupFailure(message: "it is no host's name", isTransient: false))
    #expect(server.total == 0)
  }

  @Test func looksManyNamesUpAtOnceAndMoreWhenTold() throws {
    let names = (0..<200).map { "n\($0).test" }
    let zone = names.enumerated().map { ($1, NameServer.Reply.addresses([[10, 0, 0, UInt8($0)]])) }
    let server = try server(Dictionary(uniqueKeysWithValues: zone))
    let resolver = try resolver([server.port])
    var found: [String: [String]] = [:]
    for name in names.prefix(100) {
      resolver.lookUp(name) { result in
        found[name] = try? result.get()
        let next = "n\(100 + found.count - 1).test"
        resolver.lookUp(next) { found[next] = try? $0.get() }
      }
    }
    #expect(run(resolver) { found.count == 200 })
    for (i, name) in names.enumerated() { #expect(found[name] == ["10.0.0.\(i)"]) }
  }

  @Test func dropsWhatIsUnderWayWhenItGoes() throws {
    final class Token {}
    let server = try server(["silent.test": .silence])
    weak var token: Token?
    do {
      let held = Token()
      token = held
      let resolver = try resolver([server.port])
      resolver.lookUp("silent.test") { _ in Issue.record("told of \(held)") }
      resolver.lookUp("127.0.0.1") { _ in Issue.record("told of \(held)") }
      #expect(!loop.isEmpty)
    }
    #expect(token == nil)
  }

  @Test func leavesNoDescriptorOpen() throws {
    let server = try server(["silent.test": .silence])
    func descriptor() throws -> Int32 {
      var found: Int32 = -1
      var isGone = false
      let resolver = try Resolver(servers: ["127.0.0.1:\(server.port)"], family: AF_INET) { descriptor, _, _ in
        #expect(!isGone)
        found = descriptor
      }
      resolver.lookUp("silent.test") { _ in }
      // What owns it may be half gone as well then, and must not be called.
      withExtendedLifetime(resolver) { isGone = true }
      return found
    }
    let first = try descriptor()
    for _ in 0..<200 { _ = try descriptor() }
    // Other tests open some meanwhile.
    #expect(try (0..<first + 100).contains(descriptor()))
  }

  @Test(arguments: [
    ("127.0.0.1", "127.0.0.1:53"), ("127.0.0.1:5353", "127.0.0.1:5353"), ("[::1]", "[::1]:53"),
    ("[2001:db8::1]:65535", "[2001:db8::1]:65535"),
  ])
  func readsTheOption(_ text: String, _ meaning: String) throws {
    #expect(try ResolverAddress(text).description == meaning)
    #expect(throws: Never.self) { try Resolver(servers: [text], family: AF_UNSPEC) { _, _, _ in } }
  }

  @Test(arguments: [
    "", "dns.example", "1.2.3", "1.2.3.4.5", "256.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
    "127.0.0.1:+53", "127.0.0.1:x", "127.0.0.1:53:53", ":53", "::1", "::1:53", "[::1", "[::1]53", "[::1]:", "[1.2.3.4]",
    "[]", "[fe80::1%lo]", "127.0.0.1,127.0.0.2", "127.0.0.1\0", " 127.0.0.1", "127.0.0.1:٥",
  ])
  func refusesABadOption(_ text: String) throws {
    let failure = #expect(throws: Failure.self) {
      try Resolver(servers: ["127.0.0.1", text], family: AF_UNSPEC) { _, _, _ in }
    }
    #expect(failure?.status == .usage && failure?.option == "resolver")
    #expect(failure?.message.hasPrefix("--resolver: “\(text)”: ") == true)
  }

  @Test func wantsAServer() throws {
    let failure = #expect(throws: Failure.self) { try Resolver(servers: [], family: AF_UNSPEC) { _, _, _ in } }
    #expect(failure?.status == .usage)
  }
}
