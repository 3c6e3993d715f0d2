import Toolkit

/// Where requests for a host and port go instead: `HOST:PORT:ADDR:PORT`, the argument of curl(1)'s --connect-to. An empty
/// HOST or PORT before fits any, an empty ADDR or PORT behind stands for what was asked for.
package struct ConnectTo: Equatable, Sendable {
  /// In lower case, an IPv6 address without brackets.
  package let host: String?
  package let port: Int?
  /// An IPv6 address without brackets.
  package let address: String?
  package let addressPort: Int?
  /// As it was given: an entry of CURLOPT_CONNECT_TO.
  package let text: String

  package init(_ argument: String) throws(Failure) {
    guard let parts = hostPorts(argument), parts.count == 4 else {
      throw Failure(
        option: "connect-to", "“\(argument)” is not HOST:PORT:ADDR:PORT (an IPv6 address stands in brackets)")
    }
    guard let port = PortText(parts[1]), let addressPort = PortText(parts[3]) else {
      throw Failure(option: "connect-to", "“\(argument)” has a port that is not from 1 to 65535")
    }
    host = parts[0].isEmpty ? nil : parts[0].lowercased()
    self.port = port.number
    address = parts[2].isEmpty ? nil : parts[2]
    self.addressPort = addressPort.number
    text = argument
  }

  /// Whether it is for requests to this host (an IPv6 address without brackets) and port.
  package func matches(_ host: String, _ port: Int) -> Bool {
    (self.port ?? port) == port && (self.host.map { $0 == host.lowercased() } ?? true)
  }
}

/// A point of presence to send requests to: `NAME=ADDR[:PORT]`.
package struct PointOfPresence: Equatable, Sendable {
  package let name: String
  /// A name, or an address; an IPv6 address without brackets.
  package let address: String
  /// Nil: that of the URL.
  package let port: Int?

  init(_ argument: String) throws(Failure) {
    let name = argument.prefix { $0 != "=" }
    guard !name.isEmpty, name.count < argument.count, !name.unicodeScalars.contains(where: { $0.value <= 0x20 }),
      let parts = hostPorts(String(argument.dropFirst(name.count + 1))), parts.count <= 2, !parts[0].isEmpty
    else {
      throw Failure(
        option: "pop", "“\(argument)” is not NAME=ADDR or NAME=ADDR:PORT (an IPv6 address stands in brackets)")
    }
    let port = parts.count == 2 ? PortText(parts[1]) : nil
    guard parts.count == 1 || port?.number != nil else {
      throw Failure(option: "pop", "“\(argument)” has a port that is not from 1 to 65535")
    }
    self.name = String(name)
    address = parts[0]
    self.port = port?.number
  }

  /// The points of presence of all arguments, each a list with commas, in their order. No name may come twice.
  package static func parse(_ arguments: [String]) throws(Failure) -> [PointOfPresence] {
    var points: [PointOfPresence] = []
    for argument in arguments {
      for item in CommaList(argument: argument)?.words ?? [] {
        let point = try PointOfPresence(item)
        guard !points.contains(where: { $0.name == point.name }) else {
          throw Failure(option: "pop", "the name “\(point.name)” is given twice")
        }
        points.append(point)
      }
    }
    guard arguments.isEmpty || !points.isEmpty else { throw Failure(option: "pop", "the list is empty") }
    return points
  }
}

/// A port, or nothing.
private struct PortText {
  let number: Int?

  init?(_ text: String) {
    number = text.isEmpty ? nil : Int(text)
    guard text.isEmpty || text.utf8.allSatisfy({ (48...57).contains($0) }) && (1...65_535).contains(number ?? 0) else {
      return nil
    }
  }
}

/// The parts between colons; those in brackets are one, without them. Nil where brackets do not match, something but a
/// colon stands beside one, or a byte is none of a host.
private func hostPorts(_ text: String) -> [String]? {
  var parts: [String] = []
  var rest = Substring(text)
  while true {
    if rest.first == "[" {
      guard let end = rest.firstIndex(of: "]") else { return nil }
      let address = rest[rest.index(after: rest.startIndex)..<end]
      guard address.contains(":"), address.utf8.allSatisfy({ isAddressByte($0) }) else { return nil }
      parts.append(String(address))
      rest = rest[rest.index(after: end)...]
    } else {
      let part = rest.prefix { $0 != ":" }
      guard part.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && !"[]/@?#\\".utf8.contains($0) }) else { return nil }
      parts.append(String(part))
      rest = rest[part.endIndex...]
    }
    guard let separator = rest.popFirst() else { return parts }
    guard separator == ":" else { return nil }
  }
}

/// Hexadecimal digits, colons, dots, and a zone behind a percent sign.
private func isAddressByte(_ byte: UInt8) -> Bool {
  (48...57).contains(byte) || (97...122).contains(byte | 32) || ":.%".utf8.contains(byte)
}
