import ArgumentParser
import Records
import Storage
import Toolkit

@main struct List: Tool {
  static let configuration = CommandConfiguration(
    commandName: "mt-list", abstract: "List the media objects of a store.", version: "mt-list \(toolkitVersion)")
  static let schema = Schema.items(of: .list)

  @OptionGroup var source: SourceOptions

  @Option(help: ArgumentHelp("Only these extensions, with or without dot, in any case.", valueName: "extensions"))
  var extensions: CommaList?

  @Option(help: ArgumentHelp("Only this media: auto (all), image, video or audio.", valueName: "media"))
  var mediaType = ListedMedia.auto

  @Option(help: ArgumentHelp("Only keys that match GLOB; may be repeated.", valueName: "glob"))
  var include: [String] = []

  @Option(help: ArgumentHelp("No keys that match GLOB; may be repeated.", valueName: "glob"))
  var exclude: [String] = []

  @Option(
    help: ArgumentHelp(
      "Nothing below directories of these names or patterns, separated by commas.", valueName: "globs"))
  var excludeDirectories: CommaList?

  @Option(help: ArgumentHelp("Only objects of at least SIZE, such as 10MiB.", valueName: "size"))
  var minSize: ByteSize?

  @Option(help: ArgumentHelp("Only objects of at most SIZE.", valueName: "size"))
  var maxSize: ByteSize?

  @Option(help: ArgumentHelp("Only objects modified after TIME: an age such as 7d, or a date.", valueName: "time"))
  var newerThan: PointInTime?

  @Option(help: ArgumentHelp("Only objects modified before TIME.", valueName: "time"))
  var olderThan: PointInTime?

  @Option(help: ArgumentHelp("Only objects that are new or changed since the listing FILE.", valueName: "file"))
  var since: String?

  @Option(help: ArgumentHelp("End after N objects; 0 is all.", valueName: "n"))
  var limit: Int?

  @Option(
    help: ArgumentHelp("List only part I of N of the objects, chosen by identity; I from 1 to N.", valueName: "i/n"))
  var shard: Shard?

  @OptionGroup var output: OutputOptions
  @OptionGroup var common: CommonOptions

  mutating func validate() throws {
    if let limit, limit < 0 { throw ValidationError("--limit must be 0 or more, not \(limit)") }
  }

  func execute(_ run: Run) throws(Failure) {
    let sources = try source.resolved()
    var selection = Selection()
    selection.filter = filter
    selection.shard = shard
    selection.known = try since.map { path throws(Failure) in try EarlierListing.read(path, run: run) }
    let output = try output.open(run)
    try list(sources, to: Listing(selection, to: output, limit: limit, run: run))
    try run.complete(output)
  }

  /// Lists one source after the other. One that cannot be listed costs the others nothing.
  private func list(_ sources: [any ObjectSource], to listing: Listing) throws(Failure) {
    var failures = 0
    for source in sources where !listing.isOver {
      do throws(Failure) { try source.list(to: listing) } catch {
        failures += 1
        guard error.isOfInput, failures < sources.count else { throw error }
        listing.run.fail(error.message)
      }
    }
  }

  private var filter: ObjectFilter {
    var filter = ObjectFilter()
    filter.extensions = (extensions?.words ?? []).map { String($0.drop { $0 == "." }).lowercased() }
    filter.media = mediaType.media
    filter.include = include.map { Glob($0) }
    filter.exclude = exclude.map { Glob($0) }
    filter.excludeDirectories = (excludeDirectories?.words ?? []).map { Glob(directory: $0) }
    filter.minimumSize = minSize?.bytes ?? 0
    filter.maximumSize = maxSize?.bytes ?? Int.max
    filter.newerThan = newerThan?.time
    filter.olderThan = olderThan?.time
    return filter
  }
}

enum ListedMedia: String, CaseIterable, ExpressibleByArgument {
  case auto, image, video, audio

  /// Nil: all, other files too.
  var media: Media? { Media(rawValue: rawValue) }
}
