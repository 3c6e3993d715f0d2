import Testing
import Toolkit

@testable import Transfer

@Suite struct TargetTests {
  @Test(
    arguments: [
      ("example.com:443:10.0.0.1:8443", "example.com", 443, "10.0.0.1", 8443), (":::", nil, nil, nil, nil),
      ("Example.COM:::", "example.com", nil, nil, nil), ("::10.0.0.1:", nil, nil, "10.0.0.1", nil),
      (":80::8080", nil, 80, nil, 8080), ("[2001:DB8::1]:443:[::1]:8443", "2001:db8::1", 443, "::1", 8443),
      ("h:1:[fe80::1%eth0]:2", "h", 1, "fe80::1%eth0", 2), ("h:65535:other.example:1", "h", 65_535, "other.example", 1),
    ] as [(String, String?, Int?, String?, Int?)])
  func connectToIsRead(argument: String, host: String?, port: Int?, address: String?, addressPort: Int?) throws {
    let target = try ConnectTo(argument)
    #expect(target.host == host && target.port == port)
    #expect(target.address == address && target.addressPort == addressPort)
    #expect(target.text == argument)
  }

  @Test(arguments: [
    "", "h", "h:1", "h:1:a", "h:1:a:2:", "h:1:a:2:3", "::1:80:a:1", "h:0:a:1", "h:1:a:65536", "h:x:a:1", "h:1:a:+1",
    "h:-1:a:1", "[::1:1:a:1", "[::1]x:1:a:1", "[]:1:a:1", "[h]:1:a:1", "h h:1:a:1", "h/:1:a:1", "h:1:a@b:1",
    "h:1:a:999999999999999999999", "h]:1:a:1", "[::1]]:1:a:1", "h:1:2001:db8::1:443", "[:/:]:1:a:1",
  ])
  func connectToRefuses(argument: String) {
    let failure = #expect(throws: Failure.self) { try ConnectTo(argument) }
    #expect(failure?.status == .usage && failure?.option == "connect-to")
    #expect(failure?.message.contains("“\(argument)”") == true)
  }

  @Test(arguments: [
    ("example.com:443:a:1", "EXAMPLE.com", 443, true), ("example.com:443:a:1", "example.com", 80, false),
    ("example.com:443:a:1", "www.example.com", 443, false), ("example.com::a:1", "example.com", 1, true),
    (":443:a:1", "other", 443, true), (":443:a:1", "other", 80, false), ("::a:1", "other", 80, true),
    ("[::A]:80:a:1", "::a", 80, true), ("[::1]:80:a:1", "::2", 80, false),
  ])
  func connectToMatches(argument: String, host: String, port: Int, matches: Bool) throws {
    #expect(try ConnectTo(argument).matches(host, port) == matches)
  }

  @Test func pointsOfPresenceAreListed() throws {
    let points = try PointOfPresence.parse([
      "fra=10.0.0.1,iad=10.0.0.2:8080", "v6=[2001:db8::1]:443, n=[::1]", "x=h.example",
    ])
    #expect(points.map(\.name) == ["fra", "iad", "v6", "n", "x"])
    #expect(points.map(\.address) == ["10.0.0.1", "10.0.0.2", "2001:db8::1", "::1", "h.example"])
    #expect(points.map(\.port) == [nil, 8080, 443, nil, nil])
    #expect(try PointOfPresence.parse([]).isEmpty)
  }

  @Test(arguments: [
    "", ",", "fra", "fra=", "=10.0.0.1", "fra=10.0.0.1:", "fra=10.0.0.1:0", "fra=10.0.0.1:65536", "fra=a:1:2",
    "fra=2001:db8::1", "fra=[::1", "fra=[::1]80", "fra=:80", "f a=1.2.3.4", "a=1.1.1.1,a=1.1.1.2", "a=b=c@d",
    "a=1.1.1.1:x",
  ])
  func pointsOfPresenceRefuse(argument: String) {
    let failure = #expect(throws: Failure.self) { try PointOfPresence.parse([argument]) }
    #expect(failure?.status == .usage && failure?.option == "pop")
  }

  @Test func aNameMayComeOnceInAllLists() {
    let failure = #expect(throws: Failure.self) { try PointOfPresence.parse(["a=1.1.1.1", "b=1.1.1.1,a=1.1.1.1"]) }
    #expect(failure?.message == "--pop: the name “a” is given twice")
  }
}
