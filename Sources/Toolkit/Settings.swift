import ArgumentParser
import Glibc
import Records

/// Settings from the environment and from a file, as arguments that stand before those of the command line.
struct Settings {
  /// The options of one tool, as its command-line parser knows them.
  private struct Option {
    let names: [String]
    let isFlag: Bool
    let isRepeating: Bool
  }

  private static let prefix = "MEDIA_TOOLKIT_"
  /// The place of the settings, and a secret that no option takes.
  private static let notSettings: Set<String> = ["MEDIA_TOOLKIT_CONFIG", "MEDIA_TOOLKIT_BEARER_TOKEN"]
  private static let notSettable: Set<String> = ["help", "version", "schema", "config", "generate-completion-script"]

  /// What `found` comes to as arguments; each with where it was set.
  private(set) var arguments: [(name: String, place: String, arguments: [String])] = []

  /// Reads the settings that apply to `tool`; those that `commandLine` sets itself are left out.
  init<T: Tool>(for tool: T.Type, commandLine: [String]) throws(Failure) {
    let environment = Self.environment()
    let file = try Self.file(commandLine)
    guard !environment.isEmpty || !file.isEmpty else { return }
    let options = try Self.options(of: tool)
    var names = Set<String>()
    for setting in environment + file {
      try Self.check(setting, options)
      guard let option = options.first(where: { $0.names.contains(setting.name) }), names.insert(setting.name).inserted,
        !Self.isGiven(option, in: commandLine)
      else { continue }
      arguments.append((setting.name, setting.place, try Self.arguments(for: setting, option)))
    }
  }

  /// A failure over an option that was not set on the command line names the place where it was.
  func placed(_ failure: Failure) -> Failure {
    guard let option = failure.option, let setting = arguments.first(where: { $0.name == option }) else {
      return failure
    }
    return Failure(.badConfiguration, "\(setting.place): \(failure.message)")
  }

  private static func check(_ setting: Setting, _ options: [Option]) throws(Failure) {
    let isOwn = setting.name.count > 1 && options.contains { $0.names.contains(setting.name) }
    guard isOwn || SettingNames.all.contains(setting.name), !notSettable.contains(setting.name) else {
      let near = suggestion(for: setting.name, in: SettingNames.all)
      throw Failure(.badConfiguration, "\(setting.place): no setting is named “\(setting.name)”\(near)")
    }
  }

  private static func environment() -> [Setting] {
    var found: [Setting] = []
    var next = environ
    while let entry = next.pointee {
      next += 1
      let text = String(cString: entry)
      guard text.hasPrefix(prefix), let equals = text.firstIndex(of: "=") else { continue }
      let variable = String(text[..<equals])
      guard !notSettings.contains(variable) else { continue }
      let name = variable.dropFirst(prefix.count).lowercased().map { $0 == "_" ? "-" : $0 }
      found.append(Setting(name: String(name), values: [String(text[text.index(after: equals)...])], place: variable))
    }
    return found.sorted { $0.name < $1.name }
  }

  private static func file(_ commandLine: [String]) throws(Failure) -> [Setting] {
    if let path = configArgument(commandLine) ?? variable("MEDIA_TOOLKIT_CONFIG") { return try SettingsFile.read(path) }
    let home = variable("XDG_CONFIG_HOME") ?? variable("HOME").map { "\($0)/.config" }
    for path in [home.map { "\($0)/media-toolkit/config.yaml" }, "/etc/media-toolkit/config.yaml"] {
      if let path, access(path, F_OK) == 0 { return try SettingsFile.read(path) }
    }
    return []
  }

  private static func configArgument(_ arguments: [String]) -> String? {
    for (i, argument) in arguments.enumerated() where argument != "--" {
      if argument.hasPrefix("--config=") { return String(argument.dropFirst(9)) }
      if argument == "--config", i + 1 < arguments.count { return arguments[i + 1] }
    }
    return nil
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func options<T: Tool>(of tool: T.Type) throws(Failure) -> [Option] {
    let text = T._dumpHelp()
    do throws(BadRecord) {
      let help = try JSONValue(parsing: text)
      return (help["command"]?["arguments"]?.elements ?? []).map { argument in
        Option(
          names: (argument["names"]?.elements ?? []).compactMap { $0["name"]?.string },
          isFlag: argument["kind"]?.string == "flag", isRepeating: argument["isRepeating"] == .boolean(true))
      }
    } catch {
      throw Failure(.software, "the description of the options cannot be read: \(error.reason)")
    }
  }

  private static func isGiven(_ option: Option, in commandLine: [String]) -> Bool {
    commandLine.prefix { $0 != "--" }.contains { argument in
      option.names.contains { name in
        name.count == 1 ? argument == "-\(name)" : argument == "--\(name)" || argument.hasPrefix("--\(name)=")
      }
    }
  }

  private static func arguments(for setting: Setting, _ option: Option) throws(Failure) -> [String] {
    guard option.isFlag else {
      let values = option.isRepeating ? setting.values : [setting.values.joined(separator: ",")]
      return values.map { "--\(setting.name)=\($0)" }
    }
    let value = setting.values.first?.lowercased() ?? ""
    if ["true", "yes", "on", "1"].contains(value) { return ["--\(setting.name)"] }
    if ["false", "no", "off", "0", ""].contains(value) { return [] }
    throw Failure(.badConfiguration, "\(setting.place): “\(setting.name)” is true or false, not “\(value)”")
  }
}
