import Glibc
import Toolkit

/// What the environment and the files of AWS say, seen through one profile. The files are `~/.aws/config` and
/// `~/.aws/credentials`, or those that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name; botocore is the model.
package struct AWSConfiguration: Sendable {
  package let environment: [String: String]
  /// The profile that was asked for by an option: it wins over keys in the environment.
  package let requestedProfile: String?
  package let profileName: String
  /// AWS_REGION, AWS_DEFAULT_REGION or the profile's. Set it to what an option says before credentials are looked for.
  package var region: String?

  let configPath: String
  let credentialsPath: String
  /// All profiles; where both files have one, the credentials file wins name by name.
  let profiles: [String: INIFile.Section]
  /// The profiles of each file alone.
  let configProfiles: [String: INIFile.Section]
  let credentialsProfiles: [String: INIFile.Section]
  let ssoSessions: [String: INIFile.Section]
  private let services: INIFile.Section

  /// Throws `.badConfiguration` for a file that cannot be read, `file:line: reason` for a bad line, and for a profile
  /// that is asked for, by `profile` or AWS_PROFILE, and is not there.
  package init(
    profile requested: String?, environment: [String: String] = AWSConfiguration.processEnvironment
  ) throws(Failure) {
    self.environment = environment
    requestedProfile = requested
    configPath = Self.path(environment["AWS_CONFIG_FILE"] ?? "~/.aws/config", environment)
    credentialsPath = Self.path(environment["AWS_SHARED_CREDENTIALS_FILE"] ?? "~/.aws/credentials", environment)
    let config = try INIFile(reading: configPath).sections
    credentialsProfiles = try INIFile(reading: credentialsPath).sections
    configProfiles = Self.named("profile", in: config).merging(config.filter { $0.key == "default" }) { $1 }
    profiles = configProfiles.merging(credentialsProfiles) { $0.merging($1) { $1 } }
    ssoSessions = Self.named("sso-session", in: config)

    let variable = ["AWS_DEFAULT_PROFILE", "AWS_PROFILE"].first { environment[$0]?.isEmpty == false }
    let wanted = requested ?? variable.flatMap { environment[$0] }
    if let wanted, profiles[wanted] == nil {
      let origin = requested == nil ? variable.map { "\($0): " } ?? "" : ""
      let near = suggestion(for: wanted, in: profiles.keys)
      throw Failure(
        .badConfiguration, "\(origin)no profile “\(wanted)” in \(configPath) or \(credentialsPath)\(near)")
    }
    profileName = wanted ?? "default"
    let profile = profiles[profileName] ?? [:]
    region =
      environment[nonEmpty: "AWS_REGION"] ?? environment[nonEmpty: "AWS_DEFAULT_REGION"] ?? profile.text("region")
    guard let name = profile.text("services") else {
      services = [:]
      return
    }
    guard let section = Self.named("services", in: config)[name] else {
      throw Failure(
        .badConfiguration, "\(configPath): profile “\(profileName)” names [services \(name)], which is not there")
    }
    services = section
  }

  var profile: INIFile.Section { profiles[profileName] ?? [:] }

  /// The base URL of a service, named as in AWS_ENDPOINT_URL_<SERVICE>, that was configured: for it alone or for all.
  package func endpointURL(for service: String) -> String? {
    if isTrue("ignore_configured_endpoint_urls", variable: "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") { return nil }
    return environment[nonEmpty: "AWS_ENDPOINT_URL_\(service.uppercased())"]
      ?? environment[nonEmpty: "AWS_ENDPOINT_URL"] ?? services.block(service.lowercased())["endpoint_url"]
      ?? profile.text("endpoint_url")
  }

  /// `path`, `virtual` or `auto` of the profile's block `s3`.
  package var s3AddressingStyle: String? { profile.block("s3")["addressing_style"] }

  /// A file of certificates to trust: AWS_CA_BUNDLE or the profile's ca_bundle.
  package var caBundle: String? { setting("ca_bundle", variable: "AWS_CA_BUNDLE").map { Self.path($0, environment) } }

  package var usesFIPS: Bool { isTrue("use_fips_endpoint", variable: "AWS_USE_FIPS_ENDPOINT") }
  package var usesDualStack: Bool { isTrue("use_dualstack_endpoint", variable: "AWS_USE_DUALSTACK_ENDPOINT") }

  /// A setting of the environment or else of the profile.
  func setting(_ name: String, variable: String) -> String? { environment[nonEmpty: variable] ?? profile.text(name) }

  func isTrue(_ name: String, variable: String) -> Bool { setting(name, variable: variable)?.lowercased() == "true" }

  /// The home folder; `~` in paths.
  var home: String { Self.home(environment) }

  /// This process's environment. What is no valid UTF-8 is mangled.
  package static var processEnvironment: [String: String] {
    var found: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
      let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { found[String(parts[0])] = String(parts[1]) }
      next += 1
    }
    return found
  }

  /// The sections `[kind name]`, by name; the name may be quoted.
  private static func named(_ kind: String, in file: [String: INIFile.Section]) -> [String: INIFile.Section] {
    var found: [String: INIFile.Section] = [:]
    for (title, section) in file where title.hasPrefix(kind) {
      if let words = shellWords(title), words.count == 2 { found[words[1]] = section }
    }
    return found
  }

  private static func home(_ environment: [String: String]) -> String {
    if let home = environment[nonEmpty: "HOME"] { return home }
    guard let entry = getpwuid(getuid()), let home = entry.pointee.pw_dir else { return "/" }
    return String(cString: home)
  }

  private static func path(_ path: String, _ environment: [String: String]) -> String {
    path == "~" || path.hasPrefix("~/") ? home(environment) + path.dropFirst() : path
  }
}

extension [String: String] {
  /// A variable that is set to something.
  subscript(nonEmpty name: String) -> String? { self[name].flatMap { $0.isEmpty ? nil : $0 } }
}
