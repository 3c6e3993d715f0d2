import Records
import Toolkit

/// Where a bucket is, and how it is named in URLs.
package struct S3Address: Sendable {
  /// How a bucket's name gets into the URL: as the first segment of the path, or as the first label of the host.
  package enum Style: String, CaseIterable, Sendable { case auto, path, virtual }

  let bucket: String
  /// `scheme://host[:port][/path]` without a slash at the end; nil: AWS.
  private let endpoint: String?
  private let style: Style
  /// What AWS's host names begin with: `s3`, or a variant of it.
  private let service: String
  /// What requests are signed for.
  var region: String

  /// - Parameters:
  ///   - endpoint: nil: as configured, or AWS's own.
  ///   - style: nil: as configured.
  package init(
    bucket: String, endpoint: String?, style: Style?, configuration: AWSConfiguration
  ) throws(Failure) {
    let configured = endpoint == nil ? try Self.endpoint(configuration) : nil
    try self.init(
      bucket: bucket, endpoint: endpoint ?? configured,
      style: style ?? configuration.s3AddressingStyle.flatMap { Style(rawValue: $0) } ?? .auto,
      region: configuration.region,
      service: "s3" + (configuration.usesFIPS ? "-fips" : "") + (configuration.usesDualStack ? ".dualstack" : ""))
  }

  private static func endpoint(_ configuration: AWSConfiguration) throws(Failure) -> String? {
    guard let url = configuration.endpointURL(for: "S3") else { return nil }
    guard let reason = whyNoEndpoint(url) else { return url }
    throw Failure(.badConfiguration, "the endpoint of S3 in the AWS configuration, \(url): \(reason)")
  }

  init(bucket: String, endpoint: String?, style: Style, region: String?, service: String = "s3") throws(Failure) {
    guard !bucket.isEmpty, !bucket.contains(where: { "/?#%:".contains($0) || $0.asciiValue.map { $0 <= 32 } ?? true })
    else { throw Failure(.usage, "s3://\(bucket): not the name of a bucket") }
    self.bucket = bucket
    self.style = style
    self.service = service
    self.region = region ?? "us-east-1"
    _ = try AWSPartition(of: self.region)
    if let endpoint, let reason = Self.whyNoEndpoint(endpoint) {
      let shown = endpoint.contains("@") ? "the URL" : "\(endpoint):"
      throw Failure(option: "endpoint-url", "\(shown) \(reason)")
    }
    self.endpoint = endpoint.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
  }

  private static func whyNoEndpoint(_ url: String) -> String? {
    guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
      return url.contains("://") ? "not an http:// or https:// URL" : "not a URL such as https://\(url)"
    }
    guard !url.hasSuffix("://") else { return "has no host" }
    guard !url.contains("@") else { return "names a user" }
    return url.contains { $0 == "?" || $0 == "#" } ? "has a query or fragment" : nil
  }

  /// The bucket's own URL, with a slash at the end.
  var url: String {
    let suffix = (try? AWSPartition(of: region).suffix) ?? "amazonaws.com"
    let base = endpoint ?? "https://\(service).\(region).\(suffix)"
    guard isVirtual else { return "\(base)/\(bucket)/" }
    let parts = base.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    return "\(parts[0])//\(bucket).\(parts[2])/"
  }

  /// Certificates of AWS cover one label: a bucket with dots goes into the path.
  private var isVirtual: Bool {
    switch style {
    case .path: false
    case .virtual: true
    case .auto: endpoint == nil && bucket.allSatisfy { $0 >= "a" && $0 <= "z" || $0 >= "0" && $0 <= "9" || $0 == "-" }
    }
  }
}

/// `s3://bucket/path`
package struct S3Location: Sendable, Equatable {
  package let bucket: String
  /// What keys below the location begin with: empty, or with a slash at the end.
  package let prefix: String

  /// Nil: no S3 URI. What follows the bucket is a key as it is stored, not percent-encoded.
  package init?(_ uri: String) {
    guard uri.lowercased().hasPrefix("s3://") else { return nil }
    let rest = uri.dropFirst(5)
    let bucket = rest.prefix { $0 != "/" }
    let path = rest.dropFirst(bucket.count + 1)
    self.bucket = String(bucket)
    prefix = path.isEmpty || path.hasSuffix("/") ? String(path) : "\(path)/"
  }

  /// The location with its slash at the end.
  package var uri: String { "s3://\(bucket)/\(prefix)" }
}

/// A query in the form that signatures are made over: sorted by name, every name with `=`, all but RFC 3986's unreserved
/// characters as %XX.
struct CanonicalQuery {
  private var parameters: [(name: String, value: [UInt8])] = []

  mutating func add(_ name: String, _ value: [UInt8]) { parameters.append((name, value)) }
  mutating func add(_ name: String, _ value: String) { add(name, Array(value.utf8)) }

  var text: String {
    var out = ByteBuffer()
    for (n, parameter) in parameters.sorted(by: { $0.name < $1.name }).enumerated() {
      if n > 0 { out.append(byte: 0x26) }
      out.append(text: parameter.name)
      out.append(byte: 0x3D)
      parameter.value.withUnsafeBytes { out.append(queryEncoded: $0) }
    }
    return out.bytes.string
  }
}
