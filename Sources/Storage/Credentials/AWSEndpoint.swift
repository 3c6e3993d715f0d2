import Toolkit

extension AWSConfiguration {
  /// The URL of a service: as configured, or AWS's own in `region`. `variable` names the service as AWS_ENDPOINT_URL_…
  /// does, `host` as AWS's host names do. Never with a slash at its end.
  func serviceURL(_ variable: String, host: String, region: String) throws(Failure) -> String {
    if var url = endpointURL(for: variable) {
      guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
        throw Failure(.badConfiguration, "the endpoint of \(variable), “\(url)”, is no http:// or https:// URL")
      }
      while url.hasSuffix("/") { url.removeLast() }
      return url
    }
    let partition = try AWSPartition(of: region)
    // The government's usual hosts are FIPS ones.
    let label = usesFIPS && (usesDualStack || !region.hasPrefix("us-gov-")) ? "\(host)-fips" : host
    return "https://\(label).\(region).\(usesDualStack ? partition.dualStackSuffix : partition.suffix)"
  }
}

/// A part of AWS with host names of its own.
package struct AWSPartition: Sendable {
  /// What host names end with.
  package let suffix: String
  /// The same for hosts that speak IPv6 too.
  package let dualStackSuffix: String

  /// Other regions than these are in the partition `aws`; botocore's partitions.json.
  private static let others: [(prefix: String, suffix: String, dualStack: String)] = [
    ("cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"), ("eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
    ("us-iso-", "c2s.ic.gov", "api.aws.ic.gov"), ("us-isob-", "sc2s.sgov.gov", "api.aws.scloud"),
    ("eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"), ("us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
  ]

  /// The partition of a region; throws where it can be no region's name.
  package init(of region: String) throws(Failure) {
    let isName = region.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    guard isName, (1...63).contains(region.utf8.count), !region.hasPrefix("-"), !region.hasSuffix("-") else {
      throw Failure(.badConfiguration, "“\(region)” is no name of a region")
    }
    let other = Self.others.first { region.hasPrefix($0.prefix) }
    suffix = other?.suffix ?? "amazonaws.com"
    dualStackSuffix = other?.dualStack ?? "api.aws"
  }
}
