import CYAML
import Glibc
import Records

/// One setting of a file or of the environment.
struct Setting {
  /// With dashes.
  let name: String
  let values: [String]
  /// Where it stands, for diagnostics: `config.yaml:3` or `MEDIA_TOOLKIT_WORKERS`.
  let place: String
}

/// Reads a settings file: one YAML mapping of names to a scalar or a list of scalars, by libyaml's events.
struct SettingsFile: ~Copyable {
  private let path: String
  /// At one address for life: libyaml keeps it.
  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)

  static func read(_ path: String) throws(Failure) -> [Setting] {
    guard let file = fopen(path, "re") else { throw Failure(.badConfiguration, "cannot open \(path)", errno: errno) }
    defer { fclose(file) }
    let reader = SettingsFile(path: path, file)
    return try reader.settings()
  }

  private init(path: String, _ file: UnsafeMutablePointer<FILE>) {
    self.path = path
    parser.initialize(to: yaml_parser_t())
    yaml_parser_initialize(parser)
    yaml_parser_set_input_file(parser, file)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  private enum Event {
    case scalar(String, line: Int)
    case sequenceStart, sequenceEnd, mappingStart, mappingEnd, end, other
    case alias(line: Int)
  }

  private func next() throws(Failure) -> Event {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else {
      let problem = parser.pointee.problem.map { String(cString: $0) } ?? "not valid YAML"
      throw Failure(.badConfiguration, "\(path):\(parser.pointee.problem_mark.line + 1): \(problem)")
    }
    defer { yaml_event_delete(&event) }
    let line = Int(event.start_mark.line) + 1
    switch event.type {
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      return .scalar(Bytes(start: scalar.value, count: scalar.length).string, line: line)
    case YAML_SEQUENCE_START_EVENT: return .sequenceStart
    case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
    case YAML_MAPPING_START_EVENT: return .mappingStart
    case YAML_MAPPING_END_EVENT: return .mappingEnd
    case YAML_ALIAS_EVENT: return .alias(line: line)
    case YAML_STREAM_END_EVENT: return .end
    default: return .other
    }
  }

  private func settings() throws(Failure) -> [Setting] {
    var found: [Setting] = []
    while true {
      switch try next() {
      case .other: continue
      case .end: return found
      case .mappingStart: try readMapping(into: &found)
      case .scalar(let text, _) where text.isEmpty: continue
      default: throw Failure(.badConfiguration, "\(path): not a mapping of settings to values")
      }
    }
  }

  private func readMapping(into found: inout [Setting]) throws(Failure) {
    while true {
      guard case .scalar(let name, let line) = try next() else { return }
      let place = "\(path):\(line)"
      let values = try readValues(place: place, name: name)
      let dashed = String(name.map { $0 == "_" ? "-" : $0 })
      guard !found.contains(where: { $0.name == dashed }) else {
        throw Failure(.badConfiguration, "\(place): “\(name)” is set twice")
      }
      found.append(Setting(name: dashed, values: values, place: place))
    }
  }

  private func readValues(place: String, name: String) throws(Failure) -> [String] {
    switch try next() {
    case .scalar(let text, _): return [text]
    case .sequenceStart: break
    default: throw Failure(.badConfiguration, "\(place): “\(name)” must be a value or a list of values")
    }
    var values: [String] = []
    while true {
      switch try next() {
      case .scalar(let text, _): values.append(text)
      case .sequenceEnd: return values
      default: throw Failure(.badConfiguration, "\(place): “\(name)” must be a list of plain values")
      }
    }
  }
}
