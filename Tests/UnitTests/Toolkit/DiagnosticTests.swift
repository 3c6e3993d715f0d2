import Records
import Testing

/// How diagnostics look, seen where they come out.
@Suite struct DiagnosticTests {
  @Test func controlCharactersAreMadeVisible() throws {
    let result = try #require(Executable.run("mt-stats", ["/nonexistent/a\nb\u{1B}[31mc\u{7F}é"]))
    #expect(result.status == 66)
    #expect(
      result.diagnostics
        == "mt-stats: cannot open /nonexistent/a\\nb\\x1B[31mc\\x7Fé: no such file or directory\n")
    #expect(result.output == "")
  }

  @Test func jsonHoldsTheMessageAsItIs() throws {
    let result = try #require(Executable.run("mt-stats", ["--log-format", "json", "/nonexistent/a\n\"b\""]))
    let entry = try JSONValue(parsing: result.diagnostics)
    #expect(entry.members.map(\.name) == ["time", "tool", "level", "message"])
    #expect(entry["tool"]?.string == "mt-stats" && entry["level"]?.string == "error")
    #expect(entry["message"]?.string == "cannot open /nonexistent/a\n\"b\": no such file or directory")
    #expect(entry["time"]?.string.flatMap { text in lend(text) { Timestamp($0) } } != nil)
    #expect(result.diagnostics.hasSuffix("}\n") && result.diagnostics.split(separator: "\n").count == 1)
  }

  @Test(
    arguments: [
      (["--no-such-option"], 64), (["--shard", "3/2"], 64), (["--limit=-1"], 64),
      (["--config", "/nonexistent.yaml"], 78),
      (["/nonexistent"], 66), (["/tmp"], 66), (["-o", "/nonexistent/out"], 74), (["--by", "varaint"], 64),
    ] as [([String], Int32)])
  func usageAndInputHaveTheirStatus(arguments: [String], status: Int32) throws {
    let result = try #require(Executable.run("mt-stats", arguments))
    #expect(result.status == status, "\(result.diagnostics)")
    #expect(result.diagnostics.hasPrefix("mt-stats: ") && result.diagnostics.split(separator: "\n").count == 1)
    #expect(!result.diagnostics.hasSuffix(".\n") && result.output == "")
  }
}
