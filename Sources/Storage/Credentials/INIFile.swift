import Glibc
import Records
import Toolkit

/// A configuration file of AWS. What such a file means is what Python's configparser and botocore make of it:
/// whole-line comments with `#` or `;`, `=` or `:` behind a name, names without regard to case, deeper indented lines
/// that go on with a value, nothing twice. A value that begins on the next line is a block of further names and values.
struct INIFile: Sendable {
  typealias Section = [String: Value]

  enum Value: Equatable, Sendable {
    case text(String)
    case block([String: String])
  }

  private(set) var sections: [String: Section] = [:]

  /// Bytes; whoever has thousands of profiles needs one.
  private static let limit = 8 << 20

  /// Reads `path`; what is not there, or no regular file, has no sections.
  init(reading path: String) throws(Failure) {
    try self.init(parsing: try readSmallFile(path, limit: Self.limit) ?? [], path: path)
  }

  /// Throws `path:line: reason`, without what the line says: it may be a secret.
  init(parsing text: [UInt8], path: String) throws(Failure) {
    guard text.withUnsafeBytes({ isUTF8($0) }) else { throw Failure(.badConfiguration, "\(path): not valid UTF-8") }
    var parser = INIParser(path: path)
    var number = 0
    for line in Self.lines(text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text[...]) {
      number += 1
      try parser.take(line, number)
    }
    sections = try parser.finished()
  }

  /// Ended by LF, CR LF or CR.
  private static func lines(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var lines = text.split(separator: 10, omittingEmptySubsequences: false).flatMap { line in
      (line.last == 13 ? line.dropLast() : line).split(separator: 13, omittingEmptySubsequences: false)
    }
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }
}

extension INIFile.Section {
  /// The text of a value; nil where it is not there, empty, or a block.
  func text(_ name: String) -> String? {
    guard case .text(let text) = self[name], !text.isEmpty else { return nil }
    return text
  }

  func block(_ name: String) -> [String: String] {
    guard case .block(let block) = self[name] else { return [:] }
    return block
  }
}

private struct INIParser {
  private struct Option {
    let line: Int
    var values: [String]
  }

  let path: String
  private var sections: [String: [String: Option]] = [:]
  private var section: String?
  private var option: String?
  private var indentation = 0

  init(path: String) { self.path = path }

  mutating func take(_ line: ArraySlice<UInt8>, _ number: Int) throws(Failure) {
    let depth = line.prefix { isSpace($0) }.count
    let content = trimmed(line)
    if content.first == 0x23 || content.first == 0x3B { return }
    guard !content.isEmpty else {
      goOn("")
      return
    }
    if option != nil, depth > indentation { return goOn(String(decoding: content, as: UTF8.self)) }
    indentation = depth
    if content.first == 0x5B, let end = content.lastIndex(of: 0x5D), end > content.startIndex + 1 {
      return try begin(String(decoding: content[(content.startIndex + 1)..<end], as: UTF8.self), number)
    }
    try set(content, number)
  }

  /// The sections, with those values as blocks that begin on a line of their own.
  func finished() throws(Failure) -> [String: INIFile.Section] {
    var finished: [String: INIFile.Section] = [:]
    // What stands under [DEFAULT] holds for all.
    let common = sections["DEFAULT"] ?? [:]
    for (name, options) in sections where name != "DEFAULT" {
      var section: INIFile.Section = [:]
      for (name, option) in common.merging(options, uniquingKeysWith: { $1 }) { section[name] = try value(of: option) }
      finished[name] = section
    }
    return finished
  }

  private mutating func goOn(_ line: String) {
    guard let section, let option else { return }
    sections[section]?[option]?.values.append(line)
  }

  private mutating func begin(_ name: String, _ number: Int) throws(Failure) {
    guard sections[name] == nil || name == "DEFAULT" else { throw bad(number, "the section [\(name)] is there twice") }
    sections[name] = sections[name] ?? [:]
    section = name
    option = nil
  }

  private mutating func set(_ content: ArraySlice<UInt8>, _ number: Int) throws(Failure) {
    guard let section else { throw bad(number, "no [section] stands above this line") }
    guard let delimiter = content.firstIndex(where: { $0 == 0x3D || $0 == 0x3A }) else {
      throw bad(number, "neither [section] nor name = value")
    }
    let name = String(decoding: trimmed(content[..<delimiter]), as: UTF8.self).lowercased()
    guard !name.isEmpty else { throw bad(number, "no name before the value") }
    guard sections[section]?[name] == nil else { throw bad(number, "\(name) is there twice in [\(section)]") }
    let value = String(decoding: trimmed(content[(delimiter + 1)...]), as: UTF8.self)
    sections[section]?[name] = Option(line: number, values: [value])
    option = name
  }

  private func value(of option: Option) throws(Failure) -> INIFile.Value {
    let end = option.values.lastIndex { !$0.isEmpty } ?? 0
    guard end > 0, option.values[0].isEmpty else { return .text(option.values[...end].joined(separator: "\n")) }
    var block: [String: String] = [:]
    for (offset, line) in option.values[...end].enumerated() where !line.isEmpty {
      let bytes = Array(line.utf8)[...]
      guard let delimiter = bytes.firstIndex(of: 0x3D) else {
        throw bad(option.line, "what is indented below, line \(offset) without comments, is no name = value")
      }
      let name = String(decoding: trimmed(bytes[..<delimiter]), as: UTF8.self)
      block[name] = String(decoding: trimmed(bytes[(delimiter + 1)...]), as: UTF8.self)
    }
    return .block(block)
  }

  private func bad(_ line: Int, _ reason: String) -> Failure {
    Failure(.badConfiguration, "\(path):\(line): \(reason)")
  }
}

private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

private func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  var text = text.drop { isSpace($0) }
  while let last = text.last, isSpace(last) { text.removeLast() }
  return text
}
