import Measure
import Testing

@Suite struct ConditionRefusalTests {
  @Test(arguments: [
    ("", "column 1: expected a figure, such as error_rate or p95(total_ms), not the end"),
    ("  ", "column 3: expected a figure, such as error_rate or p95(total_ms), not the end"),
    ("> 5", "column 1: expected a figure, such as error_rate or p95(total_ms), not “> 5”"),
    ("p95(totl_ms) > 2000", "no member is measured under the name “totl_ms”, did you mean total_ms?"),
    ("error_rat > 0", "no figure is named “error_rat”, did you mean error_rate?"),
    ("total_ms > 2000", "total_ms is measured: write p95(total_ms), mean(total_ms) or the like"),
    ("count(total_ms > 2000) > 0", "total_ms is measured: write p95(total_ms), mean(total_ms) or the like"),
    ("error > 0", "the values of error are counted: write count(error == …)"),
    ("p95(error) > 0", "the values of error are counted: write count(error == …)"),
    ("records = 5", "column 9: expected ==, !=, >, >=, < or <=, not “= 5”"),
    ("records => 5", "column 9: expected ==, !=, >, >=, < or <=, not “=> 5”"),
    ("records", "column 8: expected ==, !=, >, >=, < or <=, not the end"),
    ("records > ", "column 11: expected a number, not the end"),
    ("records > 5 6", "“6” is no unit of this figure: it is a plain number"),
    ("records > 5x", "“x” is no unit of this figure: it is a plain number"),
    ("error_rate > 5 ms", "“ms” is no unit of this figure: %"),
    ("error_rate > 5", "a ratio is 0 to 1, or 0 % to 100 %"),
    ("hit_ratio < -1 %", "a ratio is 0 to 1, or 0 % to 100 %"),
    ("p95(total_ms) > 5 %", "“%” is no unit of this figure: ms, s, m, h or d"),
    ("max(size) > 5 5", "“5” is no unit of this figure: B, KiB, MiB, GiB, TiB, kB, MB, GB or TB"),
    ("variance(total_ms) > 5 ms", "“ms” is no unit of this figure: it is a plain number"),
    ("records > nan", "“nan” is no number"), ("records > inf", "“inf” is no number"),
    ("records > +5", "“+5” is no number"),
    ("records > 0x10", "“x10” is no unit of this figure: it is a plain number"), ("records > .5", "“.5” is no number"),
    ("records > 5.", "“5.” is no number"), ("records > 1e400", "“1e400” is too large"),
    ("records > 1e99999999999999999999", "“1e99999999999999999999” is no number"),
    ("max(size) > 1e308 TiB", "“1e308” is too large"),
    ("records > 5 and", "“and” is no unit of this figure: it is a plain number"),
    ("error_rate > 5 % or", "column 18: expected the end, not “or”"),
    ("p95 > 5", "column 5: expected “(”, not “> 5”"), ("count > 5", "column 7: expected “(”, not “> 5”"),
    ("p95(total_ms > 5", "column 14: expected “)”, not “> 5”"),
    ("p95() > 5", "column 5: expected the name of a member, not “) > 5”"),
    ("distinct(host) > 5", "the values of host are counted: write count(host == …)"),
    ("distinct(etag) > 5", "no member is told apart under the name “etag”: known are key, url"),
    ("count(error == tiemout) > 0", "no value of error is “tiemout”, did you mean timeout?"),
    ("count(ok == yes) > 0", "no value of ok is “yes”: known are true, false"),
    ("count(media > image) > 0", "media has no order: compare it by == or !="),
    ("count(status == 99) > 0", "“99” is no status: 100 to 999, or a class such as 5xx"),
    ("count(status == 0xx) > 0", "“0xx” is no status: 100 to 999, or a class such as 5xx"),
    ("count(status == xxx) > 0", "“xxx” is no status: 100 to 999, or a class such as 5xx"),
    ("count(variant == 'a) > 0", "column 25: expected “'”, not the end"),
    ("count(variant == ) > 0", "column 18: expected a value, not “) > 0”"),
    ("count(etag == a) > 0", "no member is counted under the name “etag”"),
    ("count(error == dns or cache == hit) > 0", "column 20: expected “and”, not “or cache == hit) > 0”"),
    (
      "count(error == dns and cache == hit) > 0",
      "“and” joins a test of error or cache with one of variant, media, size_class, extension, host, size_bucket"
    ),
  ])
  func refuses(text: String, why: String) {
    let message = message(of: text)
    #expect(message.hasPrefix("“\(text)”: \(why)"), "\(message)")
  }

  @Test(arguments: ["p101", "p-1", "p", "p.", "p1e1", "p100.1", "p1.2.3", "p٣", "P95", "q95", "median"])
  func noFunction(name: String) {
    #expect(message(of: "\(name)(total_ms) > 1").contains("no function is named “\(name)”"))
  }

  private func message(of text: String) -> String {
    do throws(BadCondition) {
      _ = try Condition(parsing: text)
      return ""
    } catch {
      return error.message
    }
  }

  @Test func refusesWhatIsTooLong() {
    let long = String(repeating: "(", count: 10_000_000)
    #expect(message(of: long) == "a condition has at most 1000 bytes, not 10000000")
    #expect(message(of: String(long.prefix(1000))).hasPrefix("“(("))
  }

  @Test func valuesOutsideOfClosedLists() {
    for name in ConditionTests.closedLists.keys {
      #expect(message(of: "count(\(name) == \u{1F600}) > 0").contains("no value of \(name) is “\u{1F600}”"))
    }
  }
}
