import COpenSSL
import Records
import Reports
import Testing

@Suite struct HTMLFormatTests {
  @Test(arguments: SamplePages.hostile)
  func holdsTextOfAnyOrigin(text: String) throws {
    let html = HTMLFormat.render(SamplePages.page(of: text))
    let document = XMLEvents(html)
    #expect(document.problem == nil)
    // The same elements and attributes as of harmless text.
    let letters = String(repeating: "x", count: text.unicodeScalars.count)
    let harmless = XMLEvents(HTMLFormat.render(SamplePages.page(of: letters)))
    #expect(document.elements.map(\.name) == harmless.elements.map(\.name))
    #expect(
      document.elements.map { $0.attributes.keys.sorted() } == harmless.elements.map { $0.attributes.keys.sorted() })
    #expect(html.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
    #expect(!html.unicodeScalars.contains("\u{202E}") && !html.unicodeScalars.contains("\u{FFFE}"))
  }

  @Test func policyLetsInStyleAndScriptAlone() throws {
    let html = HTMLFormat.render(SamplePages.page(of: "x"))
    let metas = XMLEvents(html).all("meta")
    let policy = try #require(metas.first { $0["http-equiv"] == "Content-Security-Policy" }?["content"])
    #expect(policy.hasPrefix("default-src 'none';") && !policy.contains("unsafe"))
    for element in ["style", "script"] {
      let parts = html.split(separator: "<\(element)>")
      #expect(parts.count == 2, "one \(element)")
      let text = try #require(parts.last?.split(separator: "</\(element)>").first)
      #expect(policy.contains("\(element)-src 'sha256-\(sha256(String(text)))'"), "\(element): \(sha256(String(text)))")
    }
  }

  @Test func loadsNothing() {
    let document = XMLEvents(HTMLFormat.render(SamplePages.page(of: "https://h.example/x.png")))
    #expect(document.all("link").map { $0["href"] } == ["data:,"])
    for (name, attributes) in document.elements {
      #expect(!["img", "iframe", "object", "embed", "form", "base"].contains(name))
      for (attribute, value) in attributes {
        #expect(!["src", "style", "srcset", "action"].contains(attribute) && !attribute.hasPrefix("on"))
        if attribute == "href" { #expect(value.hasPrefix("#") || value == "data:,") }
      }
    }
    let text = HTMLFormat.render(Page(title: ""))
    #expect(!text.contains("url(") && !text.contains("@import") && !text.contains("http:") && !text.contains("https:"))
  }

  @Test func sectionsHaveAnchors() {
    var page = Page(title: "T")
    page.sections = ["Size class", "Überall", "日本", "Size class", "a<b"].map { .init($0, notes: ["n"]) }
    let document = XMLEvents(HTMLFormat.render(page))
    let ids = document.all("section").compactMap { $0["id"] }
    #expect(ids == ["size-class", "berall", "section-3", "section-4", "a-b"])
    #expect(document.all("a").compactMap { $0["href"] } == ids.map { "#\($0)" })
  }

  @Test func figuresOfTheFirstSectionAreTiles() {
    let columns: [Page.Column] = [.init("Figure", "figure", isNumeric: false), .init("Value", "value")]
    let section = Page.Section("Overview", columns, [[.text("Requests"), .count(1000)]])
    let html = HTMLFormat.render(Page(title: "T", sections: [section, section]))
    #expect(html.contains("<dt>Requests</dt><dd class=\"figure\">1,000</dd>"))
    #expect(XMLEvents(html).all("table").count == 1)
  }

  @Test func cellsHaveWhatTheySortBy() {
    let columns: [Page.Column] = [.init("Name", "name", isNumeric: false), .init("Time", "total_ms")]
    let section = Page.Section(
      "S", columns, [[.text("a"), .milliseconds(12_345.678)], [.count(1), .none], [.none, .milliseconds(.nan)]])
    let cells = XMLEvents(HTMLFormat.render(Page(title: "T", sections: [section]))).all("td")
    #expect(cells.map { $0["data-v"] } == [nil, "12345.678", nil, nil, nil, nil])
    #expect(cells.map { $0["class"] } == [nil, "n", nil, "n", nil, "n"])
  }

  @Test(arguments: [(200, 200, false), (201, 201, true), (2001, 2000, true)])
  func longTablesAreBounded(rows: Int, shown: Int, isLong: Bool) {
    let section = Page.Section("S", [.init("N", "n")], (0..<rows).map { [.count($0)] })
    let html = HTMLFormat.render(Page(title: "T", sections: [section]))
    #expect(XMLEvents(html).all("td").count == shown)
    #expect(html.contains("class=\"table long\"") == isLong)
    #expect(html.contains("1 more rows are left out") == (rows > shown))
  }

  @Test func largestPageIsSmall() {
    let url = "https://cdn.example.com/media/videos/2026/03/01/a-rather-long-name-of-a-video.mp4?imwidth=1920"
    let rows = (0..<10_000).map { [Page.Cell.text(url), .milliseconds(Double($0)), .bytes(1e6), .count(200)] }
    let section = Page.Section(
      "S", [.init("URL", "url", isNumeric: false), .init("Time", "ms"), .init("Size", "b"), .init("Status", "s")], rows)
    #expect(HTMLFormat.render(Page(title: "T", sections: [section, section])).utf8.count < 1 << 20)
  }

  /// As a policy writes it: base64.
  private func sha256(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var digest = [UInt8](repeating: 0, count: 32)
    #expect(EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil) == 1)
    return written { out in digest.withUnsafeBytes { out.append(base64: $0) } }
  }
}
