import Records
import Testing
import Toolkit

@testable import Comparison

@Suite struct ComparisonTests {
  @Test func findsEachKindOfDifference() throws {
    let compared = try compare(
      export: """
        [{"name":"video:both.mp4:derivative=mobile","metadata":{"contentLength":10}},
         {"name":"video:size.mp4:derivative=mobile","metadata":{"contentLength":11}},
         {"name":"video:kv.mp4:derivative=tablet","metadata":{"contentLength":12},"expiration":1800000000},
         {"name":"video:failed.mp4:derivative=mobile"},
         {"name":"video:old.mp4:derivative=mobile:version=1"},{"name":"video:old.mp4:derivative=mobile:version=3"},
         {"name":"video:old.mp4:derivative=mobile"},
         {"name":"video:expired.mp4:derivative=mobile","expiration":1700000000},
         {"name":"odd one"},
         {"name":"video:both.mp4:derivative=mobile_chunk_0"},{"name":"video:both.mp4:derivative=mobile_chunk_1"},
         {"name":"video:/both.mp4:derivative=mobile"}]
        """,
      results: [
        #"{"key":"both.mp4","variant":"mobile","ok":true,"bytes":10}"#,
        #"{"key":"both.mp4","variant":"mobile","ok":false,"bytes":0}"#,
        #"{"key":"size.mp4","variant":"mobile","ok":true,"bytes":9}"#,
        #"{"key":"results.mp4","variant":"mobile","ok":true,"bytes":5}"#,
        #"{"key":"failed.mp4","variant":"mobile","ok":false,"bytes":0}"#,
        #"{"key":"failed.mp4","variant":"tablet","ok":false,"bytes":0}"#,
        #"{"key":"old.mp4","variant":"mobile","ok":true,"bytes":5}"#,
        #"{"key":"expired.mp4","variant":"mobile","ok":true,"bytes":5}"#,
      ])
    #expect(compared.diagnostics.isEmpty)
    #expect(
      compared.counts == [
        "both": 4, "only_in_results": 1, "only_in_kv": 1, "size_differs": 1, "failed_in_kv": 1, "failed_not_in_kv": 1,
        "expired": 1, "older_version": 2, "repeated_result": 1, "repeated_entry": 1, "unmatched": 1, "chunk": 2,
      ])
    #expect(
      compared.lines == [
        #"{"difference":"repeated_entry","key":"both.mp4","variant":"mobile","kv_name":"video:/both.mp4:derivative=mobile"}"#,
        #"{"difference":"chunk","key":"both.mp4","variant":"mobile","kv_name":"video:both.mp4:derivative=mobile_chunk_0"}"#,
        #"{"difference":"chunk","key":"both.mp4","variant":"mobile","kv_name":"video:both.mp4:derivative=mobile_chunk_1"}"#,
        #"{"difference":"repeated_result","key":"both.mp4","variant":"mobile","kv_name":"video:both.mp4:derivative=mobile","bytes":0,"kv_bytes":10}"#,
        #"{"difference":"expired","key":"expired.mp4","variant":"mobile","kv_name":"video:expired.mp4:derivative=mobile","expiration":"2023-11-14T22:13:20.000Z"}"#,
        #"{"difference":"failed_in_kv","key":"failed.mp4","variant":"mobile","kv_name":"video:failed.mp4:derivative=mobile","bytes":0}"#,
        #"{"difference":"failed_not_in_kv","key":"failed.mp4","variant":"tablet","bytes":0}"#,
        #"{"difference":"only_in_kv","key":"kv.mp4","variant":"tablet","kv_name":"video:kv.mp4:derivative=tablet","kv_bytes":12,"expiration":"2027-01-15T08:00:00.000Z"}"#,
        #"{"difference":"unmatched","kv_name":"odd one"}"#,
        #"{"difference":"older_version","key":"old.mp4","variant":"mobile","kv_name":"video:old.mp4:derivative=mobile:version=1"}"#,
        #"{"difference":"older_version","key":"old.mp4","variant":"mobile","kv_name":"video:old.mp4:derivative=mobile"}"#,
        #"{"difference":"only_in_results","key":"results.mp4","variant":"mobile","bytes":5}"#,
        #"{"difference":"size_differs","key":"size.mp4","variant":"mobile","kv_name":"video:size.mp4:derivative=mobile","bytes":9,"kv_bytes":11}"#,
      ])
  }

  /// Which result fits which name.
  @Test(arguments: [
    ("video:a.mp4:derivative=mobile", #""variant":"mobile","width":854,"height":640"#, true),
    ("video:a.mp4:w=854:h=640", #""variant":"mobile","width":854,"height":640"#, true),
    ("video:a.mp4:w=854:h=640:f=mp4:q=high:c=auto", #""variant":"mobile","width":854,"height":640"#, true),
    ("video:a.mp4:w=854:h=640:f=MP4", #""variant":"mobile","width":854,"height":640"#, true),
    ("video:a.mp4:w=854", #""variant":"mobile","width":854,"height":640"#, true),
    ("video:a.mp4:h=640", #""variant":"mobile","width":854,"height":640"#, true),
    ("video:a.mp4:w=854:h=640:f=webm", #""variant":"mobile","width":854,"height":640"#, false),
    ("video:a.mp4:w=854:h=641", #""variant":"mobile","width":854,"height":640"#, false),
    ("video:a.mp4:derivative=tablet", #""variant":"mobile","width":854,"height":640"#, false),
    ("video:a.mp4:derivative=Mobile", #""variant":"mobile""#, false),
    ("video:a.mp4", #""variant":"mobile","width":854,"height":640"#, false),
    ("video:a.mp4", #""size":7"#, true), ("video:a.mp4:t=5s", #""size":7"#, false),
    ("video:a.mp4:derivative=mobile", #""size":7"#, false), ("video:a.mp4:q=60", #""size":7"#, false),
    ("video:a.mp4:w=400:h=300", #""variant":"small","width":400"#, false),
    ("video:a.mp4:w=400:q=85", #""variant":"small","width":400"#, true),
    ("video:a.mp4:w=400:q=85", #""variant":"small","width":400,"quality":85"#, true),
    ("video:a.mp4:w=400:q=80", #""variant":"small","width":400,"quality":85"#, false),
    ("video:a.mp4:f=webp", #""variant":"webp","format":"webp""#, true),
    ("video:a.mp4:f=mp4", #""variant":"mp4","format":"mp4""#, true),
    ("video:a.mp4:q=60", #""variant":"low_quality","quality":60"#, true),
    ("video:a.mp4:w=400:f=webp", #""variant":"webp","format":"webp""#, false),
    ("frame:a.mp4:derivative=mobile", #""variant":"mobile""#, false),
    ("image:a.mp4:derivative=mobile", #""variant":"mobile""#, false),
    ("cache:a.mp4:derivative=mobile", #""variant":"mobile""#, true),
  ])
  func fits(name: String, members: String, isFit: Bool) throws {
    let compared = try compare(
      export: "[{\"name\":\"\(name)\"}]", results: ["{\"key\":\"a.mp4\",\(members),\"ok\":true,\"bytes\":1}"])
    #expect(compared.counts == (isFit ? ["both": 1] : ["only_in_results": 1, "only_in_kv": 1]))
  }

  @Test func jpegHasTwoNames() throws {
    let compared = try compare(
      export: #"[{"name":"image:a.JPG:w=400:f=jpeg"}]"#, results: [#"{"key":"a.JPG","width":400,"ok":true,"bytes":1}"#])
    #expect(compared.counts == ["both": 1])
  }

  /// One entry may be fit by several results, and one result fit several entries; the name counts most.
  @Test func fitsAreNoPairs() throws {
    let compared = try compare(
      export: #"""
        [{"name":"video:a.mp4:w=1920:h=1080","metadata":{"size":3}},
         {"name":"video:a.mp4:derivative=desktop","metadata":{"size":1}}]
        """#,
      results: ["desktop", "1080p"].map {
        #"{"key":"a.mp4","variant":"\#($0)","width":1920,"height":1080,"ok":true,"bytes":1}"#
      })
    #expect(compared.counts == ["both": 2, "size_differs": 1])
    #expect(compared.lines.allSatisfy { $0.contains(#""variant":"1080p""#) && $0.contains(#""kv_bytes":3"#) })
    let further = try compare(
      export:
        "[\(["c=low", "c=high", "q=1", "w=2"].map { "{\"name\":\"video:a.mp4:w=9:h=9:\($0)\"}" }.joined(separator: ","))]",
      results: [#"{"key":"a.mp4","width":9,"height":9,"ok":true}"#])
    #expect(further.counts == ["both": 1, "only_in_kv": 1])
  }

  /// The same object, written in different ways.
  @Test(arguments: [
    ("video:a%20b.mp4", #""key":"a b.mp4""#), ("video:///a.mp4", #""key":"/a.mp4""#),
    ("video:a%2520b.mp4", #""key":"a%20b.mp4""#), ("video:ö.mp4", #""url":"https://h/%C3%B6.mp4?w=1#x""#),
    ("video:%C3%B6.mp4", #""key":"ö.mp4""#), ("video:a:b=c.mp4", #""key":"a:b=c.mp4""#),
    ("video:p/a.mp4", #""url":"http://user:pw@h:8080//p/a.mp4""#),
    ("video:%FF.mp4", #""key":"\ufffd.mp4","key_base64":"/y5tcDQ=""#),
    ("video:a\\u0000b", #""key":"a\u0000b""#), ("video:🎬.mp4", #""key":"🎬.mp4""#), ("video:a%zz", #""key":"a%zz""#),
  ])
  func pathsAreNormalised(name: String, members: String) throws {
    let compared = try compare(export: "[{\"name\":\"\(name)\"}]", results: ["{\(members),\"ok\":true,\"bytes\":1}"])
    #expect(compared.counts == ["both": 1], "\(compared.lines)")
  }

  /// As the family of video-resizer workers builds names: what URLs escape, then a hyphen for what is left.
  @Test func replacedCharactersAreMet() throws {
    let export = #"[{"name":"video:a-20b-28-C3-B6-29.mp4:derivative=mobile"}]"#
    let results = [#"{"key":"a b(ö).mp4","variant":"mobile","ok":true,"bytes":1}"#]
    #expect(try compare(export: export, results: results, replacesCharacters: true).counts == ["both": 1])
    #expect(try compare(export: export, results: results).counts == ["only_in_results": 1, "only_in_kv": 1])
  }

  @Test func aPatternNamesTheParts() throws {
    let export = #"[{"name":"cdn/mobile/x/a.mp4"},{"name":"cdn/tablet/x/a.mp4"},{"name":"other"}]"#
    let results = [#"{"key":"x/a.mp4","variant":"mobile","ok":true,"bytes":1}"#]
    let compared = try compare(export: export, results: results, pattern: "cdn/{variant}/{key}")
    #expect(compared.counts == ["both": 1, "only_in_kv": 1, "unmatched": 1])
    // Where names do not tell variants apart, an object is one item.
    let byKey = try compare(
      export: #"[{"name":"v1:a.mp4"}]"#,
      results: ["mobile", "tablet"].map { #"{"key":"a.mp4","variant":"\#($0)","width":1,"ok":true,"bytes":1}"# },
      pattern: "v{version}:{key}")
    #expect(byKey.counts == ["both": 1, "repeated_result": 1])
  }

  @Test(arguments: [
    (#"{"key":"a"}"#, "“ok” is missing or not a boolean"), (#"{"ok":true}"#, "“url” is missing"),
    (#"{"ok":true,"key":1}"#, "“key” is not a string"), (#"{"ok":true,"key":"/"}"#, "its path is empty"),
    (#"{"ok":true,"url":"https://h"}"#, "its path is empty"), (#"{"ok":true,"url":"nonsense:"}"#, "its path is empty"),
    (#"{"ok":true,"url":"https://h?/a"}"#, "its path is empty"),
    (#"{"ok":true,"key":"a","width":-1}"#, "“width” is not an integer of 0 or more"),
    (#"{"ok":true,"key":"a","bytes":"x"}"#, "“bytes” is not an integer of 0 or more"),
    (#"{"ok":true,"key":"a","key_base64":"*"}"#, "“key_base64” is not base64"),
    (#"{"record":"summary","records":1,"key":"a","ok":true}"#, "a summary, not a result"),
  ])
  func badResultsAreLeftOut(line: String, reason: String) throws {
    let compared = try compare(export: "[]", results: [line])
    #expect(compared.diagnostics == [reason] && compared.counts.isEmpty)
  }

  @Test func sizesAreComparedWhereBothAreKnown() throws {
    let sizes = [
      (#""bytes":5"#, #","metadata":{"size":5}"#, false), (#""bytes":5"#, "", false),
      (#""bytes":5"#, #","metadata":{"size":6}"#, true), (#""attempts":1"#, #","metadata":{"size":6}"#, false),
      (#""bytes":5,"partial":true"#, #","metadata":{"size":6}"#, false),
    ]
    for (result, entry, differs) in sizes {
      let compared = try compare(
        export: "[{\"name\":\"video:a.mp4:derivative=m\"\(entry)}]",
        results: ["{\"key\":\"a.mp4\",\"variant\":\"m\",\"ok\":true,\(result)}"])
      #expect(compared.count(.sizeDiffers) == (differs ? 1 : 0), "\(result) \(entry)")
    }
    // Of what was asked for as it is stored, the size of the object is known as well.
    let stored = try compare(
      export: #"[{"name":"video:a.mp4","metadata":{"size":6}}]"#,
      results: [#"{"key":"a.mp4","ok":true,"bytes":1,"partial":true,"size":5}"#])
    #expect(stored.count(.sizeDiffers) == 1)
  }

  @Test func tablesCountByVariantAndDirectory() throws {
    let compared = try compare(
      export: #"""
        [{"name":"video:x/a.mp4:derivative=m"},{"name":"video:x/y/b.mp4:w=1:h=2"},{"name":"video:c.mp4"},{"name":"?"}]
        """#,
      results: [
        #"{"key":"x/a.mp4","variant":"m","ok":true}"#, #"{"key":"z/d.mp4","variant":"m","ok":true}"#,
        #"{"key":"z/d.mp4","variant":"m","ok":false}"#,
      ])
    func rows(_ ranking: FindingRanking) -> [String] {
      ranking.named.map { row in
        "\(row.name):" + Finding.allCases.filter { row.counts[$0] > 0 }.map { " \($0.name)=\(row.counts[$0])" }.joined()
      }
    }
    #expect(
      rows(compared.differences.byVariant) == [
        "m: both=1 only_in_results=1 repeated_result=1", "(none): only_in_kv=1", "w=1:h=2: only_in_kv=1",
      ])
    #expect(
      rows(compared.differences.byPrefix) == [
        "x/: both=1 only_in_kv=1", "z/: only_in_results=1 repeated_result=1", "(none): only_in_kv=1",
      ])
  }

  @Test func tablesAndExamplesAreBounded() throws {
    let compared = try compare(
      export: "[]",
      results: (0..<1100).map { #"{"key":"\#($0)/a.mp4","variant":"v\#($0)","ok":true,"bytes":1}"# }
        + [#"{"key":"\#(String(repeating: "k", count: 5000))/a","variant":"v","ok":true}"#])
    for ranking in [compared.differences.byVariant, compared.differences.byPrefix] {
      #expect(ranking.named.count == 1000 && ranking.others?[.onlyInResults] == 101)
    }
    let examples = compared.differences.examples[.onlyInResults] ?? []
    #expect(examples.map(\.key) == (0..<1100).map { "\($0)/a.mp4" }.sorted().prefix(20).map { $0 })
    #expect(compared.lines.count == 1101)
  }

  /// A part of a large value stands with what it is a part of, whatever that is, and counts for nothing else.
  @Test func chunksAreToldOf() throws {
    let names = [
      "video:b.mp4:w=1:h=2:version=3_chunk_0", "frame:b.mp4:derivative=m_chunk_10", "settings_chunk_7",
      "video:c_chunk_",
      "video:b.mp4:w=1:h=2:version=3_chunk_0", "_chunk_1",
    ]
    let compared = try compare(
      export: "[\(names.map { "{\"name\":\"\($0)\"}" }.joined(separator: ","))]",
      results: [#"{"key":"b.mp4","width":1,"height":2,"ok":true}"#])
    #expect(compared.counts == ["chunk": 4, "only_in_results": 1, "only_in_kv": 1, "unmatched": 1])
    #expect(
      compared.lines == [
        #"{"difference":"unmatched","kv_name":"_chunk_1"}"#,
        #"{"difference":"chunk","key":"b.mp4","width":1,"height":2,"kv_name":"video:b.mp4:w=1:h=2:version=3_chunk_0"}"#,
        #"{"difference":"chunk","key":"b.mp4","width":1,"height":2,"kv_name":"video:b.mp4:w=1:h=2:version=3_chunk_0"}"#,
        #"{"difference":"chunk","key":"b.mp4","variant":"frame:m","kv_name":"frame:b.mp4:derivative=m_chunk_10"}"#,
        #"{"difference":"only_in_results","key":"b.mp4","width":1,"height":2}"#,
        #"{"difference":"only_in_kv","key":"c_chunk_","kv_name":"video:c_chunk_"}"#,
        #"{"difference":"chunk","kv_name":"settings_chunk_7"}"#,
      ])
    #expect(compared.differences.byVariant.named.map(\.counts.sum) == [1, 1])
  }

  @Test func hostileNamesAreTaken() throws {
    let long = String(repeating: "a:", count: 500_000)
    let names = ["::", "derivative=", "=", "🎬", ":=:", "video:", long, "\\u0000", "{key}"]
    let compared = try compare(
      export: "[\(names.map { "{\"name\":\"\($0)\"}" }.joined(separator: ","))]",
      results: ["=", "🎬", "::"].map { "{\"key\":\"\($0)\",\"ok\":true}" })
    #expect(compared.counts == ["only_in_results": 3, "only_in_kv": 1, "unmatched": 8])
    #expect((compared.differences.examples[.onlyInKV]?.first?.name?.utf8.count ?? 0) < 600)
  }
}
