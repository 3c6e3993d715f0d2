import ArgumentParser
import Glibc
import Records
import Storage
import Toolkit

/// Where the objects are, and how that store is spoken to.
struct SourceOptions: ParsableArguments {
  @Argument(help: "What to list, with all below it: a directory, s3://BUCKET/PREFIX or rclone:REMOTE:PATH.")
  var sources: [String] = []

  @Option(help: ArgumentHelp("List this remote of rclone; “local”: a directory.", valueName: "name"))
  var remote: String?

  @Option(help: ArgumentHelp("With --remote: the bucket, or the directory.", valueName: "name"))
  var bucket: String?

  @Option(help: ArgumentHelp("With --remote: the path in the bucket.", valueName: "path"))
  var directory: String?

  @Flag(help: "Follow symbolic links of directories.")
  var followSymlinks = false

  @Option(
    name: .customLong("endpoint-url"), help: ArgumentHelp("S3: a store other than AWS's own.", valueName: "url"))
  var endpointURL: String?

  @Option(help: ArgumentHelp("S3: the region that the bucket is in.", valueName: "name"))
  var region: String?

  @Option(help: ArgumentHelp("S3: this profile of the AWS configuration.", valueName: "name"))
  var profile: String?

  @Flag(help: "S3: do not sign requests, for public buckets.")
  var noSignRequest = false

  @Option(help: ArgumentHelp("S3: agree to pay for the requests; the only value is requester.", valueName: "who"))
  var requestPayer: RequestPayer?

  @Option(
    help: ArgumentHelp(
      "S3: the bucket's name in the path or in the host name: path, virtual or auto.", valueName: "style"))
  var addressingStyle: S3Address.Style?

  @Flag(help: "S3: list all versions of objects, not only the current ones.")
  var versions = false

  @Option(help: ArgumentHelp("S3: requests at once at most.", valueName: "n"))
  var listConcurrency = 16

  @Flag(help: "S3: list objects in the order of their keys, compared byte by byte.")
  var ordered = false

  @Option(help: ArgumentHelp("S3: further attempts after errors that may pass.", valueName: "n"))
  var retry = 10

  @Option(help: ArgumentHelp("S3: seconds that a connection may take to open.", valueName: "seconds"))
  var connectTimeout = 10.0

  @Option(help: ArgumentHelp("S3: seconds in which nothing comes, after which an attempt ends.", valueName: "seconds"))
  var timeout = 60.0

  @Option(help: ArgumentHelp("S3: trust the authorities in FILE (PEM) instead of the system's.", valueName: "file"))
  var cacert: String?

  @Flag(help: "S3: do not check certificates.")
  var insecure = false

  @Flag(help: "S3: list by the AWS CLI, which must be installed.")
  var useAwsCli = false

  mutating func validate() throws {
    try checkRange("list-concurrency", Double(listConcurrency), 1...1000)
    try checkRange("retry", Double(retry), 0...100)
    for (name, value) in [("connect-timeout", connectTimeout), ("timeout", timeout)] {
      guard (0.001...86_400).contains(value) else {
        throw ValidationError("--\(name) must be from 0.001 to 86400")
      }
    }
    if let region, (try? AWSPartition(of: region)) == nil {
      throw ValidationError("--region: “\(region)” is no name of a region")
    }
    if remote == nil {
      guard bucket == nil else { throw ValidationError("--bucket needs --remote") }
      guard directory == nil else { throw ValidationError("--directory needs --remote") }
    }
    if useAwsCli, versions { throw ValidationError("--versions cannot be had with --use-aws-cli") }
  }

  /// All sources, in the order in which they are listed. What is wrong with any of them is said before one is listed.
  func resolved() throws(Failure) -> [any ObjectSource] {
    var all: [any ObjectSource] = []
    var access: AWSAccess?
    if let remote { all.append(try source(remote: remote)) }
    for name in sources { all.append(try source(name, &access)) }
    guard !all.isEmpty else { throw Failure(.usage, "no source is named (see 'mt-list --help')") }
    return all
  }

  private func source(_ name: String, _ access: inout AWSAccess?) throws(Failure) -> any ObjectSource {
    if let location = S3Location(name) {
      let shared: AWSAccess
      if let access { shared = access } else { shared = try awsAccess() }
      access = shared
      return try bucket(location, shared)
    }
    if name.hasPrefix("rclone:") { return try RcloneListing(remote: String(name.dropFirst(7))) }
    if name.hasPrefix("file:///") { return directory(percentDecoded(String(name.dropFirst(7)))) }
    if let scheme = name.firstRange(of: "://").map({ name[..<$0.lowerBound] }), !scheme.isEmpty,
      scheme.allSatisfy({ $0.isLetter || $0.isNumber })
    {
      throw Failure(.usage, "\(name): neither a directory, s3://BUCKET/PREFIX nor rclone:REMOTE:PATH")
    }
    return directory(name)
  }

  private func source(remote: String) throws(Failure) -> any ObjectSource {
    guard !remote.isEmpty else { throw Failure(option: "remote", "the name is empty") }
    guard remote == "local" || remote == "local:" else {
      return try RcloneListing(remote: RcloneRemote.joined(remote: remote, bucket: bucket, directory: directory))
    }
    let parts = [bucket, directory].compactMap { $0 }.filter { !$0.isEmpty }
    guard !parts.isEmpty else { throw Failure(.usage, "--remote local needs --bucket, the directory to list") }
    return directory(parts.joined(separator: "/"))
  }

  private func directory(_ path: String) -> DirectoryListing {
    var listing = DirectoryListing(path)
    listing.followsSymlinks = followSymlinks
    return listing
  }

  /// What all buckets have in common: keys are asked for once, however many there are.
  private struct AWSAccess {
    let configuration: AWSConfiguration
    let options: S3Options
    /// Nil: requests are not signed.
    let keys: CredentialProvider?
  }

  private func awsAccess() throws(Failure) -> AWSAccess {
    if let cacert, access(cacert, R_OK) != 0 { throw Failure(.noInput, "cannot open \(cacert)", errno: errno) }
    var configuration = try AWSConfiguration(profile: profile)
    configuration.region = region ?? configuration.region
    var options = options
    if cacert == nil, let bundle = configuration.caBundle {
      guard access(bundle, R_OK) == 0 else {
        throw Failure(.badConfiguration, "cannot open \(bundle), which AWS_CA_BUNDLE or ca_bundle names", errno: errno)
      }
      options.http.authorities = bundle
    }
    let keys = noSignRequest ? nil : CredentialProvider(configuration, settings: options.http)
    return AWSAccess(configuration: configuration, options: options, keys: keys)
  }

  private func bucket(_ location: S3Location, _ access: AWSAccess) throws(Failure) -> any ObjectSource {
    let address = try S3Address(
      bucket: location.bucket, endpoint: endpointURL, style: addressingStyle, configuration: access.configuration)
    guard !useAwsCli else { return AWSCLIListing(location, options: forAWSCLI) }
    return S3Listing(location, at: address, access.options, keys: access.keys)
  }

  private var options: S3Options {
    var options = S3Options()
    options.concurrency = listConcurrency
    options.isOrdered = ordered
    options.listsVersions = versions
    options.paysRequests = requestPayer != nil
    options.retries = retry
    options.http.connectTimeout = Int(connectTimeout * 1000)
    options.http.stallTimeout = Int(timeout * 1000)
    options.http.authorities = cacert
    options.http.verifiesCertificates = !insecure
    return options
  }

  /// What the AWS CLI is told of these options.
  private var forAWSCLI: [String] {
    var arguments: [String] = []
    for (name, value) in [
      ("endpoint-url", endpointURL), ("region", region), ("profile", profile), ("ca-bundle", cacert),
      ("request-payer", requestPayer?.rawValue),
    ] {
      if let value { arguments.append("--\(name)=\(value)") }
    }
    if noSignRequest { arguments.append("--no-sign-request") }
    if insecure { arguments.append("--no-verify-ssl") }
    arguments.append("--cli-connect-timeout=\(max(1, Int(connectTimeout.rounded(.up))))")
    arguments.append("--cli-read-timeout=\(max(1, Int(timeout.rounded(.up))))")
    return arguments
  }
}

enum RequestPayer: String, CaseIterable, ExpressibleByArgument { case requester }

extension S3Address.Style: ExpressibleByArgument {}

private func percentDecoded(_ text: String) -> String {
  var text = text
  var out = ByteBuffer()
  text.withUTF8 { out.append(percentDecoded: Bytes($0), plusIsSpace: false) }
  return out.bytes.string
}
