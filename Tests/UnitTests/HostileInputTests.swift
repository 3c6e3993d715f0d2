import Measure
import Records
import Reports
import Storage
import Testing
import Toolkit

@testable import Transfer

@Suite struct HostileInputTests {
  @Test(arguments: [
    ("a**/b", "ax/b", true), ("a**/b", "a/x/b", true), ("a**/b", "ab", false), ("**a**/b", "axab", false),
    ("x**/b", "xx/y/b", true), ("*a**/b", "aa/b", true),
  ])
  func glob(pattern: String, key: String, fits: Bool) { #expect(lend(key) { Glob(pattern).matches($0) } == fits) }

  @Test func serverTimingInSeveralLines() {
    let a = CapturedHead("hit", "akamai", "Server-Timing: cdn-cache; desc=HIT", "Server-Timing: edge; dur=1").withHead {
      CacheVerdict(of: $0)
    }
    #expect(a == CacheVerdict("hit", layer: "akamai"))
    let b = CapturedHead("hit", "akamai", "Server-Timing: cdn-cache; desc=HIT, edge; dur=1").withHead {
      CacheVerdict(of: $0)
    }
    #expect(b == CacheVerdict("hit", layer: "akamai"))
    let c = CapturedHead("hit", "akamai", "Server-Timing: cdn-cache; desc=REVALIDATE").withHead { CacheVerdict(of: $0) }
    #expect(c == CacheVerdict("revalidated", layer: "akamai"))
  }

  @Test func cacheControlInSeveralLines() {
    let a = CapturedHead("", nil, "X-Cache: MISS", "Cache-Control: no-store", "Cache-Control: max-age=0").withHead {
      CacheVerdict(of: $0)
    }
    #expect(a.verdict == "uncacheable")
    let b = CapturedHead("", nil, "X-Cache: MISS", "Cache-Control: private=\"Set-Cookie\", max-age=60").withHead {
      CacheVerdict(of: $0)
    }
    #expect(b.verdict == "miss")
    let c = CapturedHead("", nil, "X-Cache: HIT,").withHead { CacheVerdict(of: $0) }
    #expect(c.verdict == "hit")
  }

  @Test(arguments: [
    #"{"ok":true,"total_ms":1.2345678e19}"#, #"{"record":"summary","records":1,"total_ms":{"count":1e300}}"#,
    #"{"record":"summary","records":1,"total_ms":{"count":"nan"}}"#,
    #"{"ok":true,"variant":"a\u0000b"}"#,
    #"{"record":"summary","records":1,"total_ms":{"count":2,"max":"inf"}}"#,
    #"{"record":"summary","records":1,"ok":{"true":9223372036854775807,"false":1}}"#,
    #"{"record":"summary","records":1,"cache":{"hit":9223372036854775807,"miss":1}}"#,
  ])
  func hostileRecords(line: String) throws {
    let folder = TemporaryFolder()
    folder.write("in", line + "\n")
    for format in ["markdown", "json", "text"] {
      let result = try #require(Executable.run("mt-report", ["--format", format, folder.file("in")]))
      #expect(result.status < 70, "\(result.status) \(result.diagnostics.prefix(300))")
    }
  }

  @Test func aValueNamedOther() throws {
    let folder = TemporaryFolder()
    folder.write("in", #"{"variant":"(other)"}"# + "\n" + (0..<1100).map { #"{"variant":"v\#($0)"}"# + "\n" }.joined())
    let result = try #require(Executable.run("mt-report", [folder.file("in")]))
    #expect(result.status == 0, "\(result.status) \(result.diagnostics.prefix(300))")
  }

  @Test func titlesInText() throws {
    var page = Page(title: "\u{1B}[31m")
    page.sections = [.init("\u{1B}x", [.init("\u{1B}y", "y")], [[.count(1)]])]
    #expect(!TextFormat.render(page).contains("\u{1B}"))
  }

  @Test func estimates() {
    var sketch = Sketch()
    for value in [1e250, 2e250, 3e250] { sketch.add(value) }
    #expect(abs(sketch.quantile(0.5)! - 2e250) <= 2.01e248)
  }

  @Test func nulInExtension() { #expect(lend("a.\u{0}jpg") { Media(key: $0) } == .other) }

  @Test func blankBefore() {
    let parser = RecordParser(reading: [], owning: [])
    lend("  {bad") { line in
      do throws(BadRecord) { _ = try parser.parse(line) } catch { #expect(error.reason == "not valid JSON") }
    }
  }

  @Test func fraction() { #expect(lend("2026-01-01T12:00:00.Z") { Timestamp($0) } == nil) }

  @Test func extensionGroupsAndCountsAgree() throws {
    let grouping = Grouping(by: [.fileExtension])
    for key in ["a.É", "a.é"] { try withRecord("{\"key\":\"\(key)\"}") { grouping.add($0) } }
    #expect(grouping.ranking.count == 2)
  }

  @Test func c1InDiagnostics() throws {
    let result = try #require(Executable.run("mt-stats", ["/nonexistent\u{9B}31m"]))
    #expect(!result.diagnostics.unicodeScalars.contains("\u{9B}"))
  }
}
