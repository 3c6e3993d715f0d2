import Records
import Testing
import Toolkit

@Suite struct SettingNamesTests {
  /// Options that are no settings.
  private static let notSettable: Set<String> = [
    "help", "version", "schema", "config", "generate-completion-script", "experimental-dump-help",
  ]

  @Test func areTheOptionsOfAllTools() throws {
    var names = Set<String>()
    for tool in Executable.tools { names.formUnion(try options(of: tool)) }
    names.subtract(Self.notSettable)
    #expect(SettingNames.all.subtracting(names) == [], "no tool has these options")
    #expect(names.subtracting(SettingNames.all) == [], "these options are missing in the list")
  }

  @Test(arguments: Executable.tools)
  func everyToolSharesTheCommonOptions(tool: String) throws {
    let common: Set<String> = [
      "summary", "progress", "quiet", "verbose", "log-format", "config", "schema", "output", "limit",
    ]
    #expect(common.subtracting(try options(of: tool)) == [])
  }

  @Test(arguments: Executable.tools)
  func everyToolTellsItsSchemaAndVersion(tool: String) throws {
    let schema = try #require(Executable.run(tool, ["--schema"]), "\(tool) is not built")
    #expect(try schema.status == 0 && JSONValue(parsing: schema.output)["type"]?.string == "object")
    let version = try #require(Executable.run(tool, ["--version"]))
    #expect(version.status == 0 && version.output == "\(tool) \(toolkitVersion)\n" && version.diagnostics == "")
  }

  private func options(of tool: String) throws -> Set<String> {
    let result = try #require(Executable.run(tool, ["--experimental-dump-help"]), "\(tool) is not built")
    #expect(result.status == 0)
    let arguments = try JSONValue(parsing: result.output)["command"]?["arguments"]?.elements ?? []
    let names = arguments.flatMap { $0["names"]?.elements ?? [] }.filter { $0["kind"]?.string == "long" }
    #expect(names.count > 5)
    return Set(names.compactMap { $0["name"]?.string })
  }
}
