import ArgumentParser
import Measure
import Records
import Reports
import Toolkit

@main struct Report: Tool {
  static let configuration = CommandConfiguration(
    commandName: "mt-report", abstract: "Make a page of a summary, or of the records themselves.",
    version: "mt-report \(toolkitVersion)")
  static let schema = PageSchema.text

  @Option(help: ArgumentHelp("What the page is about; performance, if nothing is said.", valueName: "type"))
  var type: Subject?

  @Option(help: ArgumentHelp("markdown, json, text, html or junit.", valueName: "format"))
  var format = Format.markdown

  @OptionGroup var export: ExportOptions
  @OptionGroup var baseline: BaselineOptions
  @OptionGroup var what: SummaryOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: CommonOptions

  mutating func validate() throws {
    if export.compare != nil, baseline.baseline != nil {
      throw ValidationError("--compare and --baseline exclude each other")
    }
    if type == .comparison, export.compare == nil, baseline.baseline == nil {
      throw ValidationError("--type comparison needs --compare or --baseline")
    }
    if export.compare != nil, type != nil, type != .comparison {
      throw ValidationError("--compare is for --type comparison")
    }
    try export.check()
  }

  func execute(_ run: Run) throws(Failure) {
    let conditions = try what.conditions()
    let page: Page?
    if let path = export.compare {
      guard conditions.isEmpty else {
        throw Failure(option: "fail-if", "a comparison with an export has no such figures")
      }
      page = try export.page(of: path, input.input, run)
    } else {
      page = try summaryPage(conditions, run)
    }
    // Of a part of the input there is no page.
    guard var page, !Signals.isStopping else { return }
    page.note(leftOut: run.failures)
    let output = try output.open(run)
    output.buffer.append(text: format.render(page.fitted, to: output.descriptor))
    try run.complete(output)
  }

  private func summaryPage(_ conditions: [Condition], _ run: Run) throws(Failure) -> Page {
    let before = try baseline.read(run, what.options)
    let now = try SummaryInput(input.input, run, what.options)
    var page = (type ?? .performance).page(now) ?? Page(title: "Compared with the baseline")
    if let before { page = try baseline.report(now, before, run).added(to: page) }
    let breaches = run.judge(conditions, of: now.all, groups: now.groups)
    page.checks += zip(conditions, breaches).map { condition, breaches in
      Page.Check(
        suite: "conditions", name: condition.text,
        failure: breaches.isEmpty ? nil : breaches.map(\.message).joined(separator: "\n"),
        detail: condition.value(in: now.all).map { condition.describe($0) } ?? "")
    }
    return page
  }
}

enum Subject: String, CaseIterable, ExpressibleByArgument {
  case performance, size, errors, comparison

  /// Nil for a comparison, which is made of more than one input.
  func page(_ input: SummaryInput) -> Page? {
    switch self {
    case .comparison: nil
    case .performance: PerformanceReport(all: input.all, groups: input.groups).page
    case .size: SizeReport(all: input.all, groups: input.groups).page
    case .errors: ErrorsReport(all: input.all, groups: input.groups).page
    }
  }
}

enum Format: String, CaseIterable, ExpressibleByArgument {
  case markdown, json, text, html, junit

  /// - Parameter descriptor: where the page goes: text is fitted to a terminal.
  func render(_ page: Page, to descriptor: Int32) -> String {
    switch self {
    case .markdown: MarkdownFormat.render(page)
    case .json: JSONFormat.render(page)
    case .text: TextFormat.render(page, width: terminalWidth(descriptor))
    case .html: HTMLFormat.render(page)
    case .junit: JUnitFormat.render(page)
    }
  }
}
