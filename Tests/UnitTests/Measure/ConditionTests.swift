import Measure
import Records
import Testing

@Suite struct ConditionTests {
  /// Ten requests over 4 seconds: 2 timeouts, one of a large and one of a small object, and one answer of 503.
  private let results = summary(
    (1...7).map {
      #"{"key":"a/\#($0).JPG","size":\#($0 * 1000),"media":"image","url":"http://CDN.example:8080/\#($0 % 3)","variant":"small one","#
        + #""ok":true,"status":200,"attempts":1,"started":"2026-03-01T12:00:0\#($0 % 4).000Z","total_ms":\#($0 * 100),"#
        + #""bytes":\#($0 * 1000),"size_class":"small","cache":"\#($0 <= 3 ? "hit" : $0 <= 6 ? "miss" : "unknown")"}"#
    } + [
      #"{"key":"b.mp4","size":300000000,"media":"video","variant":"mobile","ok":false,"attempts":3,"#
        + #""started":"2026-03-01T12:00:00.000Z","total_ms":4000,"bytes":0,"size_class":"large","error":"timeout"}"#,
      #"{"key":"c.jpg","size":500,"media":"image","variant":"mobile","ok":false,"attempts":3,"#
        + #""started":"2026-03-01T12:00:00.000Z","total_ms":3000,"bytes":0,"size_class":"small","error":"timeout"}"#,
      #"{"key":"d.jpg","size":8000,"media":"image","variant":"mobile","ok":false,"attempts":2,"status":503,"#
        + #""started":"2026-03-01T12:00:00.000Z","total_ms":20,"bytes":0,"size_class":"small","error":"unavailable","#
        + #""cache":"miss"}"#,
    ])

  private static func summary(_ lines: [String]) -> Summary {
    let summary = Summary()
    for line in lines {
      do { try withRecord(line) { summary.add($0) } } catch { Issue.record(error) }
    }
    return summary
  }

  @Test(
    arguments: [
      ("records", 10), ("requests", 10), ("failed", 3), ("error_rate", 0.3), ("hit_ratio", 3.0 / 7),
      ("elapsed_seconds", 4),
      ("requests_per_second", 2.5), ("bytes_per_second", 7000),
      ("mean(total_ms)", 982), ("min(total_ms)", 20), ("max(total_ms)", 4000), ("sum(bytes)", 28_000),
      ("count(total_ms)", 10), ("variance(attempts)", 0.65), ("stddev(attempts)", 0.806225774829855),
      ("distinct(key)", 10), ("distinct(url)", 3),
      ("count(status == 200)", 7), ("count(status != 200)", 1), ("count(status >= 500)", 1), ("count(status < 500)", 7),
      ("count(status > 200)", 1), ("count(status <= 503)", 8), ("count(status == 5xx)", 1), ("count(status != 2XX)", 1),
      ("count(status > 2xx)", 1), ("count(status <= 2xx)", 7), ("count(status >= 5xx)", 1), ("count(status < 5xx)", 7),
      ("rate(status == 503)", 0.1), ("rate(error == timeout)", 0.2), ("rate(cache == hit)", 0.3),
      ("rate(ok == false)", 0.3),
      ("rate(media != video)", 0.9), ("count(extension == JPG)", 9), ("count(host == Cdn.Example:8080)", 7),
      ("count(variant == 'small one')", 7), (#"count(size_bucket == "<1KiB")"#, 2), ("count(size_bucket == <1KiB)", 2),
      ("count(error == dns)", 0), ("count(pop == fra)", 0),
      ("count(error == timeout and size_class == large)", 1), ("count(size_class != large and error == timeout)", 1),
      ("count(error != timeout and extension == jpg)", 1), ("rate(cache == miss and variant == mobile)", 0.1),
      ("count(cache == hit and host == cdn.example:8080)", 3), ("count(cache == hit and media == video)", 0),
    ] as [(String, Double)])
  func valueOfAFigure(figure: String, value: Double) throws {
    let found = try #require(try Condition(parsing: "\(figure) >= 0").value(in: results))
    #expect(abs(found - value) < 1e-9 * max(1, value))
    #expect(try Condition(parsing: "\(figure) == \(found)").judge(results) == .holds(found))
    #expect(try Condition(parsing: "\(figure) != \(found)").judge(results) == .fails(found))
  }

  @Test(arguments: [
    ("==", [false, true, false]), ("!=", [true, false, true]), (">", [true, false, false]),
    (">=", [true, true, false]),
    ("<", [false, false, true]), ("<=", [false, true, true]),
  ])
  func comparison(sign: String, holds: [Bool]) throws {
    for (number, holds) in zip([9, 10, 11], holds) {
      let judgement = try Condition(parsing: "records\(sign)\(number)").judge(results)
      #expect(judgement == (holds ? .holds(10) : .fails(10)))
    }
  }

  @Test(arguments: [
    "max(total_ms)==4000", "max(total_ms) == 4s", "max(total_ms) == 4000ms", "max(total_ms) == 4e3 ms",
    "\tmax ( total_ms )\n== 0.4E+1 s ", "max(total_ms) < 0.1 m", "max(total_ms) < 1h",
    "elapsed_seconds == 4000 ms",
    "elapsed_seconds < 1 m", "error_rate == 30%", "error_rate == 30 %", "error_rate == 3e1 %", "error_rate == 0.3",
    "rate(status == 503) <= 10 %", "max(total_ms) < 1d", "sum(bytes) == 28kB", "sum(bytes) == 0.028 MB",
    "sum(bytes) > 27 KiB",
    "sum(bytes) < 28 KiB", "max(size) == 300 mb", "bytes_per_second == 7 kB/s", "bytes_per_second == 7kb",
    "min(total_ms) > -1", "variance(total_ms) > 1e6", "p999(attempts) > 2", "count(status==503)==1",
    "count( error=='timeout'and size_class==\"large\" )==1",
  ])
  func writtenInManyWays(text: String) throws {
    let condition = try Condition(parsing: text)
    #expect(condition.text == text)
    guard case .holds = condition.judge(results) else {
      Issue.record("\(condition.judge(results))")
      return
    }
  }

  /// 999 of 1000 are exactly 99.9 %, and 57 of 100 are exactly 57 %.
  @Test(arguments: [(57, 100, "57"), (999, 1000, "99.9"), (29, 100, "29"), (7, 1000, "0.7")])
  func percentagesAreExact(failed: Int, all: Int, percentage: String) throws {
    let summary = Self.summary((0..<all).map { #"{"ok":\#($0 >= failed)}"# })
    #expect(try Condition(parsing: "error_rate == \(percentage) %").value(in: summary) == Double(failed) / Double(all))
    for sign in ["==", ">=", "<="] {
      guard case .holds = try Condition(parsing: "error_rate \(sign) \(percentage)%").judge(summary) else {
        Issue.record("error_rate \(sign) \(percentage)%")
        continue
      }
    }
  }

  @Test func percentilesAreThoseOfSummaries() throws {
    let summary = Self.summary((1...5000).map { #"{"total_ms":\#($0)}"# })
    let quantity = try #require(summary.quantity(.total))
    let others = [("p99.9", 0.999), ("p9999", 0.9999), ("p12.5", 0.125), ("p05", 0.05)]
    for (name, q) in Quantity.quantiles.map({ ("\($0.name)", $0.q) }) + others {
      #expect(try Condition(parsing: "\(name)(total_ms) > 0").value(in: summary) == quantity.quantile(q), "\(name)")
    }
  }

  @Test(arguments: [
    ("p95(total_ms)", "no record has total_ms"), ("error_rate", "no record has ok"),
    ("hit_ratio", "no record has a cache verdict"),
    ("elapsed_seconds", "no record has started"), ("requests_per_second", "no record has started"),
    ("bytes_per_second", "no record has started"), ("distinct(url)", "no record has url"),
    ("rate(status == 200)", "no record has ok"), ("rate(error == dns and media == video)", "no record has ok"),
    ("rate(media == video)", "there are no records"),
  ])
  func unknownOfNothing(figure: String, reason: String) throws {
    let condition = try Condition(parsing: "\(figure) < 1")
    #expect(condition.judge(Summary()) == .unknown(reason))
    #expect(condition.value(in: Summary()) == nil)
  }

  @Test(arguments: [
    "records", "failed", "count(bytes)", "count(error == dns)", "count(error == dns and media == video)",
  ])
  func zeroOfNothing(figure: String) throws {
    #expect(try Condition(parsing: "\(figure) == 0").judge(Summary()) == .holds(0))
  }

  @Test func unknownWithoutBytes() throws {
    let summary = Self.summary([#"{"ok":true,"started":"2026-03-01T12:00:00.000Z","total_ms":9}"#])
    #expect(try Condition(parsing: "bytes_per_second > 1").judge(summary) == .unknown("no record has bytes"))
    let brief = Self.summary([#"{"ok":true,"started":"2026-03-01T12:00:00.000Z","total_ms":0,"bytes":1}"#])
    let noTime = Condition.Judgement.unknown("no time passed between the first start and the last end")
    #expect(try Condition(parsing: "bytes_per_second > 1").judge(brief) == noTime)
    #expect(try Condition(parsing: "requests_per_second > 1").judge(brief) == noTime)
  }

  /// What is in none of the lists of this release is something else than what is asked for.
  @Test func errorOfAnotherRelease() throws {
    let summary = Self.summary([#"{"ok":false,"error":"odd","media":"image"}"#, #"{"ok":false,"status":"odd"}"#])
    #expect(try Condition(parsing: "count(error == dns and media == image) < 1").judge(summary) == .holds(0))
    #expect(try Condition(parsing: "count(error != dns and media == image) > 0").judge(summary) == .holds(1))
    #expect(try Condition(parsing: "count(status != 200) < 1").judge(summary) == .holds(0))
  }

  /// Values beyond those that are counted apart may be the one that is asked for.
  @Test func valueAmongTheOthers() throws {
    let summary = Self.summary(
      (0..<ValueCounter.limit + 5).map { #"{"ok":false,"error":"dns","url":"http://h\#($0)/"}"# })
    func unknown(_ low: Int, _ high: Int) -> Condition.Judgement {
      .unknown("it is from \(low) to \(high), with more values than are counted apart")
    }
    #expect(try Condition(parsing: "count(host == h0) > 0").judge(summary) == .holds(1))
    #expect(try Condition(parsing: "count(host != h0) > 0").judge(summary) == .holds(999))
    #expect(try Condition(parsing: "count(host == h1004) > 0").judge(summary) == unknown(0, 5))
    #expect(try Condition(parsing: "count(host == h1004) <= 5").judge(summary) == .holds(0))
    #expect(try Condition(parsing: "count(host == h0) == 3").judge(summary) == unknown(1, 6))
    #expect(try Condition(parsing: "count(host == h0) == 7").judge(summary) == .fails(1))
    #expect(try Condition(parsing: "count(host == h0) > 5").description(in: summary) == "from 1 to 6")
    #expect(try Condition(parsing: "rate(host != h1004) > 99 %").judge(summary) == .holds(1000 / 1005.0))
    #expect(try Condition(parsing: "count(error == dns and host == h0) > 0").judge(summary) == .holds(1))
    #expect(try Condition(parsing: "count(error == dns and host == h1004) > 0").judge(summary) == unknown(0, 5))
  }

  @Test(
    arguments: [
      ("p95(total_ms)", 2512.34, "2512.3 ms"), ("p95(total_ms)", 0.012345678, "0.012346 ms"),
      ("error_rate", 0.0125, "1.25 %"), ("hit_ratio", 0.999_999_9, "99.99999 %"),
      ("hit_ratio", 0.666_666_6, "66.667 %"),
      ("error_rate", 1.0 / 3_000_000, "0.000033333 %"), ("error_rate", 0, "0 %"),
      ("rate(status == 503)", 1, "100 %"), ("records", 1234, "1234"), ("distinct(key)", 123_456_789, "123456789"),
      ("max(size)", 1_572_864, "1.5 MiB"), ("max(size)", 12, "12 B"), ("max(size)", 1.125899906842624e20, "100000 PiB"),
      ("bytes_per_second", 1536, "1.5 KiB/s"), ("elapsed_seconds", 3.25, "3.25 s"),
      ("mean(attempts)", 1.066666, "1.0667"),
      ("max(cache_age_seconds)", 60, "60 s"), ("variance(total_ms)", 1e-300, "1e-300"), ("records", .nan, "nan"),
      ("max(size)", .infinity, "inf PiB"), ("min(total_ms)", -1.5, "-1.5 ms"),
    ] as [(String, Double, String)])
  func describesAValue(figure: String, value: Double, text: String) throws {
    #expect(try Condition(parsing: "\(figure) > 0").describe(value) == text)
  }

  /// Whatever a summary has can be asked for.
  @Test func everyMember() throws {
    for field in Summary.measured {
      for function in ["p0", "p99.99", "mean", "min", "max", "sum", "count", "stddev", "variance"] {
        _ = try Condition(parsing: "\(function)(\(field.name)) > 0")
      }
    }
    for field in Summary.distinct { _ = try Condition(parsing: "distinct(\(field.name)) > 0") }
    for dimension in Summary.counted {
      let value = Self.closedLists["\(dimension.name)"]?.last ?? (dimension == .field(.status) ? "404" : "x")
      for function in ["count", "rate"] {
        _ = try Condition(parsing: "\(function)(\(dimension.name) == '\(value)') > 0")
      }
    }
    for dimension in Summary.brokenDown {
      let value = Self.closedLists["\(dimension.name)"]?.first ?? "x"
      for error in Field.errors {
        _ = try Condition(parsing: "count(error == \(error) and \(dimension.name) == \"\(value)\") > 0")
      }
      for verdict in Field.cacheVerdicts {
        _ = try Condition(parsing: "count(\(dimension.name) != \"\(value)\" and cache != \(verdict)) > 0")
      }
    }
  }

  static let closedLists = [
    "ok": ["true", "false"], "sized": ["true", "false"], "error": Field.errors, "cache": Field.cacheVerdicts,
    "media": Media.allCases.map(\.rawValue),
    "size_class": ["small", "medium", "large"], "size_bucket": SizeBucket.allCases.map { "\($0.literal)" },
    "not_warmed": Field.notWarmedReasons, "vary_accept": ["negotiated", "default"],
  ]

  /// Whatever the text is, it is a condition that can be judged, or refused by name.
  @Test(arguments: 1...8)
  func oddTexts(seed: UInt64) throws {
    let texts = [
      "p95 ( total_ms ) > 2000 ms", "count ( status == 5xx ) >= 1e3", "error_rate <= 1 %", "max ( size ) != 1.5 GiB",
      "rate ( error == timeout and size_class == large ) < 0.1", "distinct ( url ) > 5", "bytes_per_second > 1 MiB/s",
      "count ( host == 'a b' and cache != hit ) == 0",
    ].map { $0.split(separator: " ").map { String($0) } }
    let odd = [
      "-", "0", ".", "%", "/s", "'", "\"", "\t", "\0", "é", "\u{202E}", "\u{1F468}\u{200D}\u{1F469}", "e", "1e308",
      "1e-400", "=",
      "99999999999999999999", "p", "p99.99", "p101", "NaN", "xx", "\r\n", "(other)",
    ]
    let summaries = [results, Summary()]
    var random = Seeded(seed)
    var parsed = 0
    for _ in 0..<500 {
      var pieces = random.pick(texts)
      for _ in 0..<random.below(4) {
        let start = random.below(pieces.count + 1)
        let piece = random.below(2) == 0 ? random.pick(odd) : random.pick(random.pick(texts))
        pieces.replaceSubrange(start..<min(start + random.below(3), pieces.count), with: [piece])
      }
      let text = pieces.joined(separator: random.pick(["", " "]))
      do throws(BadCondition) {
        let condition = try Condition(parsing: text)
        parsed += 1
        for summary in summaries {
          if case .holds(let value) = condition.judge(summary) { #expect(!condition.describe(value).isEmpty) }
        }
      } catch {
        #expect(error.message.hasPrefix("“\(text)”: "))
      }
    }
    #expect((60..<440).contains(parsed), "\(parsed)")
  }
}
