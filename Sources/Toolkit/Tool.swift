import ArgumentParser
import Glibc
import Records

/// A tool of the toolkit: its options, and one function.
package protocol Tool: ParsableCommand {
  var common: CommonOptions { get }

  /// What `--schema` prints.
  static var schema: String { get }

  /// Seconds that work in flight has to end after the first SIGINT or SIGTERM.
  var grace: Int { get }

  /// Does the tool's work. What it throws ends the run; what it reports through `run` decides the exit status.
  func execute(_ run: Run) throws(Failure)
}

/// The version of all tools.
package let toolkitVersion = "0.1.0"

extension Tool {
  package var grace: Int { 5 }

  package static func main() {
    let console = Console(tool: Self.configuration.commandName ?? "mt")
    if wantsJSONDiagnostics { console.format = .json }
    StandardStreams.fillGaps()
    var status = ExitStatus.success
    do throws(Failure) {
      let commandLine = Array(CommandLine.arguments.dropFirst())
      try refuseEmptyValues(commandLine)
      let settings = try Settings(for: Self.self, commandLine: commandLine)
      if let tool = try parsed(commandLine, settings) { status = tool.runToEnd(console, settings) }
    } catch {
      console.error(error.message)
      status = error.status
    }
    Glibc.exit(status.rawValue)
  }

  /// The parser would take the word behind `--output=` for its value.
  private static func refuseEmptyValues(_ commandLine: [String]) throws(Failure) {
    for word in commandLine.prefix(while: { $0 != "--" }) where word.hasPrefix("--") && word.hasSuffix("=") {
      let name = word.dropFirst(2).dropLast()
      if !name.contains("=") { throw Failure(option: String(name), "the value is empty") }
    }
  }

  /// Known before the command line is, so that its errors too are written as asked for.
  private static var wantsJSONDiagnostics: Bool {
    let arguments = CommandLine.arguments
    return arguments.contains("--log-format=json")
      || zip(arguments, arguments.dropFirst()).contains { $0 == "--log-format" && $1 == "json" }
  }

  /// The tool as the settings and the command line want it; nil where help or the like was asked for, and printed.
  private static func parsed(_ commandLine: [String], _ settings: Settings) throws(Failure) -> Self? {
    do {
      let command = try parseAsRoot(settings.arguments.flatMap(\.arguments) + commandLine)
      if let tool = command as? Self { return tool }
      // One of the parser's own commands: running it throws what it has to print.
      var other = command
      try other.run()
    } catch {
      guard exitCode(for: error) == .success else { throw rejected(error, settings, commandLine) }
      try StandardStreams.print(fullMessage(for: error) + "\n")
    }
    return nil
  }

  /// What is wrong: a setting, where the command line alone would do.
  private static func rejected(_ error: any Error, _ settings: Settings, _ commandLine: [String]) -> Failure {
    for setting in settings.arguments {
      do {
        _ = try parseAsRoot(setting.arguments + commandLine)
      } catch let alone where (try? parseAsRoot(commandLine)) != nil {
        return Failure(.badConfiguration, "\(setting.place): \(sentence(alone))")
      } catch {}
    }
    let tool = Self.configuration.commandName ?? "mt"
    return Failure(.usage, "\(sentence(error)) (see '\(tool) --help')")
  }

  /// The parser's message as our diagnostics are: one line, lower case, no final period.
  private static func sentence(_ error: any Error) -> String {
    let message = message(for: error).split(separator: "\n").joined(separator: " ")
    let trimmed = message.hasSuffix(".") ? String(message.dropLast()) : message
    return trimmed.prefix(1).lowercased() + trimmed.dropFirst()
  }

  private func runToEnd(_ console: Console, _ settings: Settings) -> ExitStatus {
    console.format = common.logFormat
    console.isQuiet = common.quiet
    console.isVerbose = common.verbose
    Signals.install(grace: grace)
    let run = Run(console: console, common: common, version: toolkitVersion)
    var pipeIsBroken = false
    do throws(Failure) {
      if common.schema { try StandardStreams.print(Self.schema) } else { try execute(run) }
    } catch {
      let failure = settings.placed(error)
      pipeIsBroken = failure.isBrokenPipe
      if !pipeIsBroken { console.error(failure.message) }
      run.abandon(outputIsGone: pipeIsBroken)
      run.conclude(failure.status)
    }
    run.progress.finish()
    run.writeSummary()
    Signals.reraise()
    if pipeIsBroken { Signals.dieByBrokenPipe() }
    return run.status
  }
}
