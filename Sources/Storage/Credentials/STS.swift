import Records
import Toolkit

/// AWS's Security Token Service: gives keys of a role for a time.
struct STS: Sendable {
  let url: String
  let region: String

  /// The service in the configured region; without one, the old global service.
  init(_ configuration: AWSConfiguration) throws(Failure) {
    region = configuration.region ?? "us-east-1"
    let isGlobal = configuration.region == nil || configuration.region == "aws-global"
    let url = try configuration.serviceURL("STS", host: "sts", region: isGlobal ? "us-east-1" : region)
    self.url = isGlobal && url == "https://sts.us-east-1.amazonaws.com" ? "https://sts.amazonaws.com" : url
  }

  /// Calls an action that gives credentials; without `key` the call is not signed.
  func credentials(
    _ action: String, _ parameters: [(name: String, value: String)], key: SigningKey?, from source: String,
    _ settings: HTTPSettings
  ) throws(Failure) -> Credentials {
    let form = [(name: "Action", value: action), (name: "Version", value: "2011-06-15")] + parameters
    // With a path that is at least a slash: it is signed.
    let hasPath = url.utf8.dropFirst(8).contains(47)
    var request = HTTPRequest(hasPath ? url : url + "/")
    request.method = "POST"
    request.headers = ["Content-Type: application/x-www-form-urlencoded; charset=utf-8", "Accept: application/xml"]
    request.body = form.map { "\($0.name)=\(queryValue($0.value))" }.joined(separator: "&")
    request.signature = key.map { ($0, region == "aws-global" ? "us-east-1" : region, "sts") }
    let answer = try CredentialRequest(request, to: "\(source), \(url)").answer(settings) { answer in
      // The service itself asks others, and says so when these are late.
      ["IDPCommunicationError", "Throttling", "RequestLimitExceeded"].contains(Self.elements(of: answer)["Code"] ?? "")
    }
    let elements = Self.elements(of: answer)
    guard answer.status == 200 else {
      throw answer.failure(from: source, code: elements["Code"], reason: elements["Message"])
    }
    guard let time = elements["Expiration"] else {
      throw Failure(.badConfiguration, "\(source): the answer of \(url) is none of STS")
    }
    return try Credentials(
      id: elements["AccessKeyId"], secret: elements["SecretAccessKey"], token: elements["SessionToken"],
      expiration: try expirationTime(time, from: source), from: source)
  }

  private static func elements(of answer: HTTPResponse) -> [String: String] { xmlElements(answer.body) }
}

/// Keys of a role that other keys may take: `role_arn` with `source_profile` or `credential_source`.
struct AssumedRole: CredentialSource {
  let profile: String
  let role: String
  let origin: any CredentialSource
  let sts: STS
  /// What goes with the role: ExternalId, DurationSeconds, RoleSessionName.
  let parameters: [(name: String, value: String)]

  var description: String { "\(role) of profile “\(profile)”, by \(origin.description)" }

  /// Takes the role that `section`, the profile, names, by the keys of `origin`.
  init(
    profile: String, section: INIFile.Section, role: String, origin: any CredentialSource,
    _ configuration: AWSConfiguration
  ) throws(Failure) {
    if let device = section.text("mfa_serial") {
      throw Failure(
        .badConfiguration,
        "profile “\(profile)” needs a code of \(device), which cannot be asked for here; give its keys another way: "
          + "eval \"$(aws configure export-credentials --profile \(profile) --format env)\"")
    }
    self.profile = profile
    self.role = role
    self.origin = origin
    sts = try STS(configuration)
    var parameters = [
      (name: "RoleArn", value: role),
      (name: "RoleSessionName", value: section.text("role_session_name") ?? defaultSessionName),
    ]
    if let id = section.text("external_id") { parameters.append(("ExternalId", id)) }
    if let seconds = section.text("duration_seconds").flatMap({ Int($0) }) {
      parameters.append(("DurationSeconds", String(seconds)))
    }
    self.parameters = parameters
  }

  func fetch(_ settings: HTTPSettings) throws(Failure) -> Credentials {
    let key = try origin.fetch(settings).key
    return try sts.credentials("AssumeRole", parameters, key: key, from: "role \(role)", settings)
  }
}

/// Keys of a role for a token of an identity provider, as Kubernetes puts it into a file.
struct WebIdentity: CredentialSource {
  let role: String
  let tokenPath: String
  /// Nil: one of this moment.
  let sessionName: String?
  let sts: STS

  var description: String { "\(role), by the token in \(tokenPath)" }

  /// The file is read anew each time: whoever wrote it renews it.
  func fetch(_ settings: HTTPSettings) throws(Failure) -> Credentials {
    guard let content = try readSmallFile(tokenPath, limit: 1 << 20) else {
      throw Failure(.badConfiguration, "\(tokenPath): no token is there for role \(role)")
    }
    let parameters = [
      (name: "RoleArn", value: role), (name: "RoleSessionName", value: sessionName ?? defaultSessionName),
      (name: "WebIdentityToken", value: String(token: content)),
    ]
    return try sts.credentials("AssumeRoleWithWebIdentity", parameters, key: nil, from: "role \(role)", settings)
  }
}

/// What a session is called that nobody named.
var defaultSessionName: String { "media-toolkit-\(Timestamp.now.milliseconds / 1000)" }
