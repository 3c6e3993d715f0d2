import ArgumentParser
import Expansion
import Records
import Toolkit

@main struct Expand: Tool {
  static let configuration = CommandConfiguration(
    commandName: "mt-expand", abstract: "Expand media objects into the URLs of their derivatives.",
    version: "mt-expand \(toolkitVersion)")
  static let schema = Schema.items(of: .expand)

  @Option(
    name: .customLong("base-url"), help: ArgumentHelp("Where the objects are served; required.", valueName: "url"))
  var baseURL: String?

  @Option(help: ArgumentHelp("Video derivatives.", valueName: "names"))
  var derivatives = CommaList(["desktop", "tablet", "mobile"])

  @Option(help: ArgumentHelp("Image variants.", valueName: "names"))
  var imageVariants = CommaList(["thumbnail", "small", "medium", "large", "webp"])

  @Option(help: ArgumentHelp("Media to expand: auto (images and videos), image or video.", valueName: "media"))
  var mediaType = ExpandedMedia.auto

  @Option(help: ArgumentHelp("How videos are asked for: imwidth, derivative or query.", valueName: "format"))
  var urlFormat = VideoURLFormat.imwidth

  @Flag(help: "List all derivatives and variants, and exit.")
  var listVariants = false

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: CommonOptions

  func execute(_ run: Run) throws(Failure) {
    if listVariants {
      let output = Output(file: nil)
      output.buffer.append(text: Catalog.listing)
      return try output.flush()
    }
    let expansion = try self.expansion()
    let source = try RecordSource(
      input.input, run: run, reading: Expansion.fields, owning: Field.written(by: .expand))
    let output = try output.open(run)
    try run.filter(source, to: output) { object throws(BadRecord) in try expansion.expand(object, to: output) }
    run.summaryMembers.append(("left_out", "\(expansion.leftOut)"))
    if expansion.leftOut > 0 {
      run.console.note("\(expansion.leftOut) of \(source.records) objects left out: not of the media to expand")
    }
    try run.complete(output)
  }

  private func expansion() throws(Failure) -> Expansion {
    guard let baseURL else { throw Failure(.usage, "--base-url is missing (see 'mt-expand --help')") }
    let images = try Catalog.presets(imageVariants.words, in: Catalog.images, option: "image-variants")
    let videos = try Catalog.presets(derivatives.words, in: Catalog.videos, option: "derivatives")
    return Expansion(
      base: try BaseURL(baseURL), images: mediaType == .video ? [] : images, videos: mediaType == .image ? [] : videos,
      format: urlFormat)
  }
}

enum ExpandedMedia: String, CaseIterable, ExpressibleByArgument {
  case auto, image, video
}

extension VideoURLFormat: ExpressibleByArgument {}
