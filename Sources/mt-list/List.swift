import ArgumentParser
import Glibc
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
    if let cacert = source.cacert, access(cacert, R_OK) != 0 {
      throw Failure(.noInput, "cannot open \(cacert)", errno: errno)
    }
    var selection = Selection()
    selection.filter = filter
    selection.shard = shard
    selection.known = try since.map { path throws(Failure) in try EarlierListing.read(path, run: run) }
    let output = try output.open(run)
    let listing = Listing(selection, to: output, limit: limit, run: run)
    try list(sources, to: listing)
    try run.complete(output)
  }

  /// Lists one source after the other. One that cannot be listed costs the others nothing.
  private func list(_ sources: [Source], to listing: Listing) throws(Failure) {
    var failures = 0
    for source in sources where !listing.isOver {
      do throws(Failure) { try list(source, to: listing) } catch {
        guard error.isOfInput else { throw error }
        failures += 1
        listing.run.fail(error.message)
        if failures == sources.count { listing.run.conclude(error.status) }
      }
    }
  }

  private func list(_ source: Source, to listing: Listing) throws(Failure) {
    switch source {
    case .directory(let path):
      var directory = DirectoryListing()
      directory.followsSymlinks = self.source.followSymlinks
      try directory.list([path], to: listing)
    case .rclone(let remote): try RcloneListing(remote: remote).list(to: listing)
    case .s3(let location) where self.source.useAwsCli:
      try AWSCLIListing(location, options: self.source.forAWSCLI).list(to: listing)
    case .s3(let location): try s3Listing(location, listing.run).list(to: listing)
    }
  }

  private func s3Listing(_ location: S3Location, _ run: Run) throws(Failure) -> S3Listing {
    var configuration = try AWSConfiguration(profile: source.profile)
    configuration.region = source.region ?? configuration.region
    var options = source.s3
    options.http.authorities = options.http.authorities ?? configuration.caBundle
    let style = source.addressingStyle ?? configuration.s3AddressingStyle.flatMap { S3Address.Style(rawValue: $0) }
    let address = try S3Address(
      bucket: location.bucket, endpoint: source.endpointURL ?? configuration.endpointURL(for: "S3"),
      style: style ?? .auto, region: configuration.region)
    guard !source.noSignRequest else { return S3Listing(location, at: address, options, keys: nil) }
    let keys = CredentialProvider(configuration, settings: options.http)
    _ = try keys.signingKey()
    run.console.debug("credentials from \(keys.description)")
    return S3Listing(location, at: address, options, keys: keys)
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
