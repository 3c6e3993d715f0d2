/// One HTML file with its style, script and pictures inside: it loads nothing, from nowhere. Without scripts all can be
/// read; with them, tables can be sorted. It is well-formed XML too, so that any XML parser can check it.
package enum HTMLFormat {
  /// Style and script are let in by their SHA-256 alone, so that no text can ever bring its own.
  static let policy =
    "default-src 'none'; img-src data:; style-src 'sha256-0JqIuEWMfnfuqyqTRsl3EXzgh2LKJNLSx714Xl7+lLE='; "
    + "script-src 'sha256-wYnFrB7JBnv9qsG5o7aHd83EfzOXrYrznJSa/ErN4rs='; base-uri 'none'; form-action 'none'"
  static let style = String(decoding: PackageResources.page_css, as: UTF8.self)
  static let script = String(decoding: PackageResources.page_js, as: UTF8.self)

  package static func render(_ page: Page) -> String {
    let sections = zip(anchors(page.sections.map(\.title)), page.sections)
    var out = Markup("<!DOCTYPE html>\n")
    out.element("html", ["lang": "en"]) { out in
      out.element("head") { head(page.title, to: &$0) }
      out.lineEnd()
      out.element("body") { out in
        out.element("header") { out in
          out.element("h1", text: page.title)
          for text in page.introduction { out.element("p", text: text) }
        }
        out.lineEnd()
        if page.sections.count > 2 { contents(Array(sections), to: &out) }
        out.element("main") { out in
          for (i, (anchor, section)) in sections.enumerated() { append(section, anchor, isFirst: i == 0, to: &out) }
        }
        out.element("script") { $0.raw(script) }
      }
    }
    out.lineEnd()
    return out.source
  }

  private static func head(_ title: String, to out: inout Markup) {
    out.element("meta", ["charset": "utf-8"])
    out.element("meta", ["http-equiv": "Content-Security-Policy", "content": policy])
    out.element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
    out.element("title", text: title)
    // Without it browsers ask the server for an icon.
    out.element("link", ["rel": "icon", "href": "data:,"])
    out.element("style") { $0.raw(style) }
  }

  private static func contents(_ sections: [(String, Page.Section)], to out: inout Markup) {
    out.element("nav", ["aria-label": "Contents"]) { out in
      out.element("ul") { out in
        for (anchor, section) in sections {
          out.element("li") { $0.element("a", ["href": "#\(anchor)"], text: section.title) }
        }
      }
    }
    out.lineEnd()
  }

  private static func append(_ section: Page.Section, _ anchor: String, isFirst: Bool, to out: inout Markup) {
    out.element("section", ["id": anchor]) { out in
      out.element("h2", text: section.title)
      for note in section.notes { out.element("p", ["class": "note"], text: note) }
      if !section.plots.isEmpty {
        out.element("div", ["class": "plots"]) { out in
          for plot in section.plots { append(plot, to: &out) }
        }
      }
      if !section.advice.isEmpty {
        out.element("ul", ["class": "advice"]) { out in
          for advice in section.advice { append(advice, to: &out) }
        }
      }
      let table = HTMLTable(section)
      if isFirst, section.columns.map(\.name) == ["figure", "value"] {
        table.appendTiles(to: &out)
      } else if !section.columns.isEmpty {
        table.append(to: &out)
      }
    }
    out.lineEnd()
  }

  private static func append(_ plot: Page.Plot, to out: inout Markup) {
    var picture = Markup()
    let title: String
    switch plot {
    case .distribution(let plot):
      title = plot.title
      plot.draw(to: &picture)
    case .timeline(let plot):
      title = plot.title
      plot.draw(to: &picture)
    case .bars(let plot):
      title = plot.title
      plot.draw(to: &picture)
    }
    guard !picture.source.isEmpty else { return }
    out.element("figure") { out in
      out.element("figcaption", text: title)
      out.raw(picture.source)
    }
    out.lineEnd()
  }

  private static func append(_ advice: Page.Advice, to out: inout Markup) {
    out.element("li", ["class": advice.level.rawValue]) { out in
      out.element("h3") { out in
        out.element("span", ["class": "level"], text: advice.level.title)
        out.text(" \(advice.title)")
      }
      out.element("p", text: advice.text)
      guard !advice.figures.isEmpty else { return }
      out.element("dl") { out in
        for figure in advice.figures {
          out.element("div") { out in
            out.element("dt", text: figure.name)
            out.element("dd", text: figure.value.display)
          }
        }
      }
    }
    out.lineEnd()
  }

  /// The sections' ids: their titles in lower case and hyphens, each once.
  private static func anchors(_ titles: [String]) -> [String] {
    var used: Set<String> = []
    return titles.enumerated().map { i, title in
      let words = title.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
      let name = words.joined(separator: "-")
      let anchor = name.isEmpty || used.contains(name) ? "section-\(i + 1)" : name
      used.insert(anchor)
      return anchor
    }
  }
}
