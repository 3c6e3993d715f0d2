import Records
import Synchronization
import Toolkit

/// Keys of a role of IAM Identity Center, for the token of a login.
final class SSOKeys: CredentialSource {
  let description: String
  private let profile: String
  private let role: String
  private let account: String
  private let startURL: String
  private let region: String
  private let tokenPath: String
  private let portalURL: String
  private let oidcURL: String
  /// Whether the token can be renewed: only that of a named session can.
  private let hasSession: Bool
  /// The last token that was renewed: the file may be one that cannot be written.
  private let renewedToken = Mutex<SSOToken?>(nil)

  /// A token with less than this is renewed: 15 minutes, as botocore does.
  private static let margin = 15 * 60_000

  /// Nil where the profile has no role of SSO; throws where what it has is not enough.
  init?(_ configuration: AWSConfiguration, profile: String) throws(Failure) {
    let section = configuration.profiles[profile] ?? [:]
    guard section.text("sso_role_name") != nil || section.text("sso_account_id") != nil else { return nil }
    let session = section.text("sso_session")
    let shared = try Self.session(session, of: profile, section, configuration)
    func setting(_ name: String) throws(Failure) -> String {
      if let value = section.text(name) ?? shared.text(name) { return value }
      throw Failure(.badConfiguration, "profile “\(profile)” uses SSO, but has no \(name)")
    }
    self.profile = profile
    role = try setting("sso_role_name")
    account = try setting("sso_account_id")
    startURL = try setting("sso_start_url")
    region = try setting("sso_region")
    hasSession = session != nil
    tokenPath = SSOToken.path(of: session ?? startURL, configuration)
    portalURL = try configuration.serviceURL("SSO", host: "portal.sso", region: region)
    oidcURL = try configuration.serviceURL("SSO_OIDC", host: "oidc", region: region)
    description = "SSO role \(role) in account \(account) of profile “\(profile)”"
  }

  /// The section that `sso_session` names; empty where the profile names none.
  private static func session(
    _ name: String?, of profile: String, _ section: INIFile.Section, _ configuration: AWSConfiguration
  ) throws(Failure) -> INIFile.Section {
    guard let name else { return [:] }
    guard let session = configuration.ssoSessions[name] else {
      let near = suggestion(for: name, in: configuration.ssoSessions.keys)
      throw Failure(
        .badConfiguration,
        "\(configuration.configPath): profile “\(profile)” names no known [sso-session \(name)]\(near)")
    }
    for (key, value) in session where section[key] != nil && section[key] != value {
      throw Failure(.badConfiguration, "profile “\(profile)” and [sso-session \(name)] do not agree on \(key)")
    }
    return session
  }

  func fetch(_ settings: HTTPSettings) throws(Failure) -> Credentials {
    let token = try token(settings)
    var request = HTTPRequest(
      "\(portalURL)/federation/credentials?account_id=\(queryValue(account))&role_name=\(queryValue(role))")
    request.headers = ["x-amz-sso_bearer_token: \(token.accessToken)", "Accept: application/json"]
    let answer = try CredentialRequest(request, to: "\(description), \(portalURL)").answer(settings)
    guard answer.status != 401 else { throw loginNeeded }
    guard answer.status == 200 else { throw answer.failure(from: description) }
    let json = try jsonAnswer(answer.body, from: description)
    guard let keys = json["roleCredentials"], let time = keys["expiration"]?.integer else {
      throw Failure(.badConfiguration, "\(description): the answer has no keys")
    }
    return try Credentials(
      id: keys["accessKeyId"]?.string, secret: keys["secretAccessKey"]?.string, token: keys["sessionToken"]?.string,
      expiration: Timestamp(milliseconds: 0).adding(milliseconds: time), from: description)
  }

  /// The token of the login, renewed where it has little time left and can be.
  private func token(_ settings: HTTPSettings) throws(Failure) -> SSOToken {
    let kept = try SSOToken(reading: tokenPath)
    let renewed = renewedToken.withLock { $0 }
    guard let token = [kept, renewed].compactMap({ $0 }).max(by: { $0.expiration < $1.expiration }) else {
      throw loginNeeded
    }
    let now = Timestamp.now
    guard hasSession, token.expiration < now.adding(milliseconds: Self.margin) else {
      guard token.expiration > now else { throw loginNeeded }
      return token
    }
    do throws(Failure) {
      let next = try token.renewed(at: oidcURL, settings)
      _ = next.save(to: tokenPath, startURL: startURL, region: region)
      renewedToken.withLock { $0 = next }
      return next
    } catch {
      if token.expiration > now { return token }
      throw error.status == .unavailable ? error : loginNeeded
    }
  }

  private var loginNeeded: Failure {
    let option = profile == "default" ? "" : " --profile \(profile)"
    return Failure(.badConfiguration, "\(description): nobody is logged in, or no longer; run: aws sso login\(option)")
  }
}
