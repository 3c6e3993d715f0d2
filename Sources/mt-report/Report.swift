import ArgumentParser
import Measure
import Records
import Reports
import Toolkit

@main struct Report: Tool {
  static let configuration = CommandConfiguration(
    commandName: "mt-report", abstract: "Make a page of a summary, or of the records themselves.",
    version: "mt-report \(toolkitVersion)")
  static let schema = Schema.document(
    title: "A report of mt-report in JSON",
    properties: [("title", #"{"type":"string"}"#), ("sections", #"{"type":"array","items":{"type":"object"}}"#)],
    required: ["title", "sections"])

  @Option(help: ArgumentHelp("What the page is about: performance.", valueName: "type"))
  var type = Subject.performance

  @Option(help: ArgumentHelp("markdown, json or text.", valueName: "format"))
  var format = Format.markdown

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: CommonOptions

  func execute(_ run: Run) throws(Failure) {
    let summaries = try readSummaries(run)
    // Of a part of the input there is no page.
    guard !Signals.isStopping else { return }
    let whole = summaries.filter { $0.group.isEmpty }
    guard let all = whole.first else {
      throw Failure(.badInput, "the input holds neither a summary of all records nor records")
    }
    guard whole.count == 1 else {
      throw Failure(.badInput, "the input holds \(whole.count) summaries of all records, not one")
    }
    let page = PerformanceReport(all: all, groups: summaries.filter { !$0.group.isEmpty }).page
    let output = try output.open(run)
    output.buffer.append(text: format.render(page))
    try run.complete(output)
  }

  /// The summaries of the input; records that are none are summed up.
  private func readSummaries(_ run: Run) throws(Failure) -> [SummaryReader] {
    let source = try RecordSource(input.input, run: run, reading: Summary.fields + [.record])
    let items = Summary()
    var summaries: [SummaryReader] = []
    try run.fold(source) { record throws(BadRecord) in
      if record.has(.record) {
        summaries.append(try SummaryReader(try JSONValue(parsing: record.line)))
      } else {
        items.add(record)
      }
    }
    guard items.records > 0 else { return summaries }
    if !summaries.isEmpty { throw Failure(.badInput, "the input holds both summaries and records") }
    return [try summedUp(items)]
  }

  private func summedUp(_ items: Summary) throws(Failure) -> SummaryReader {
    var text = ByteBuffer()
    items.write(to: &text)
    do throws(BadRecord) {
      return try SummaryReader(try JSONValue(parsing: text.bytes))
    } catch {
      throw Failure(.software, "the summary cannot be read: \(error.reason)")
    }
  }
}

enum Subject: String, CaseIterable, ExpressibleByArgument { case performance }

enum Format: String, CaseIterable, ExpressibleByArgument {
  case markdown, json, text

  func render(_ page: Page) -> String {
    switch self {
    case .markdown: MarkdownFormat.render(page)
    case .json: JSONFormat.render(page)
    case .text: TextFormat.render(page)
    }
  }
}
