import COpenSSL
import Records
import Toolkit

/// What `aws sso login` leaves: a token, and what renews it. In `~/.aws/sso/cache`, under the SHA-1 of the session's
/// name.
struct SSOToken: Sendable {
  var accessToken: String
  var expiration: Timestamp
  /// As the file has it.
  let renewal: Renewal?

  struct Renewal: Sendable {
    let refreshToken: String
    let clientID: String
    let clientSecret: String
    let registrationExpiresAt: String
  }

  static func path(of name: String, _ configuration: AWSConfiguration) -> String {
    "\(configuration.home)/.aws/sso/cache/\(sha1(name)).json"
  }

  /// Reads the file at `path`; nil where there is none.
  init?(reading path: String) throws(Failure) {
    guard let content = try readSmallFile(path, limit: 1 << 20) else { return nil }
    let json = try jsonAnswer(content, from: path)
    guard let token = json["accessToken"]?.string, let time = json["expiresAt"]?.string else {
      throw Failure(.badConfiguration, "\(path): no token with a time of expiration")
    }
    try requireToken(token, "the token", from: path)
    accessToken = token
    expiration = try expirationTime(time, from: path)
    renewal = Self.renewal(in: json, refreshToken: json["refreshToken"]?.string)
  }

  private static func renewal(in json: JSONValue, refreshToken: String?) -> Renewal? {
    guard let refreshToken, let id = json["clientId"]?.string, let secret = json["clientSecret"]?.string,
      let registration = json["registrationExpiresAt"]?.string
    else { return nil }
    return Renewal(
      refreshToken: refreshToken, clientID: id, clientSecret: secret, registrationExpiresAt: registration)
  }

  /// The token that follows this one, by OIDC's CreateToken at `url`.
  /// Throws where there is none; `.badConfiguration`: somebody must log in again.
  func renewed(at url: String, _ settings: HTTPSettings) throws(Failure) -> SSOToken {
    guard let renewal, try expirationTime(renewal.registrationExpiresAt, from: "the SSO registration") > .now else {
      throw Failure(.badConfiguration, "the SSO token cannot be renewed")
    }
    var body = ByteBuffer()
    let members = [
      ("clientId", renewal.clientID), ("clientSecret", renewal.clientSecret), ("grantType", "refresh_token"),
      ("refreshToken", renewal.refreshToken),
    ]
    body.append(jsonObject: members)
    var request = HTTPRequest("\(url)/token")
    request.method = "POST"
    request.headers = ["Content-Type: application/json"]
    request.body = body.bytes.string
    let answer = try CredentialRequest(request, to: url).answer(settings)
    guard answer.status == 200 else { throw answer.failure(from: url) }
    let json = try jsonAnswer(answer.body, from: url)
    guard let token = json["accessToken"]?.string, let seconds = json["expiresIn"]?.integer, seconds > 0 else {
      throw Failure(.badConfiguration, "\(url): the answer has no token")
    }
    try requireToken(token, "the token", from: url)
    // As botocore: what the answer does not give anew is gone.
    let next = json["refreshToken"]?.string.map { text in
      Renewal(
        refreshToken: text, clientID: renewal.clientID, clientSecret: renewal.clientSecret,
        registrationExpiresAt: renewal.registrationExpiresAt)
    }
    let lifetime = min(seconds, 366 * 86_400) * 1000
    return SSOToken(accessToken: token, expiration: Timestamp.now.adding(milliseconds: lifetime), renewal: next)
  }

  /// Puts the token into the file at `path`, where the AWS CLI finds it too; false where that cannot be.
  func save(to path: String, startURL: String, region: String) -> Bool {
    var time = ByteBuffer()
    // Without milliseconds: not all readers know them.
    time.append(Timestamp(milliseconds: expiration.milliseconds / 1000 * 1000))
    let seconds = time.bytes.slice(0, 19).string + "Z"
    var members = [
      ("startUrl", startURL), ("region", region), ("accessToken", accessToken), ("expiresAt", seconds),
    ]
    if let renewal {
      members += [
        ("clientId", renewal.clientID), ("clientSecret", renewal.clientSecret),
        ("registrationExpiresAt", renewal.registrationExpiresAt), ("refreshToken", renewal.refreshToken),
      ]
    }
    var content = ByteBuffer()
    content.append(jsonObject: members)
    return replacePrivateFile(path, with: content.bytes)
  }

  private init(accessToken: String, expiration: Timestamp, renewal: Renewal?) {
    self.accessToken = accessToken
    self.expiration = expiration
    self.renewal = renewal
  }
}

extension ByteBuffer {
  fileprivate mutating func append(jsonObject members: [(String, String)]) {
    for (i, member) in members.enumerated() {
      append(byte: i == 0 ? 0x7B : 0x2C)
      append(quoted: member.0)
      append(byte: 0x3A)
      append(quoted: member.1)
    }
    append(byte: 0x7D)
  }
}

/// In hexadecimal, lower case; EVP_Digest(3).
func sha1(_ text: String) -> String {
  let bytes = Array(text.utf8)
  var digest = [UInt8](repeating: 0, count: 20)
  guard EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha1(), nil) == 1 else { return "" }
  var hex = ByteBuffer()
  for byte in digest {
    hex.append(byte: lowercased(hexDigit(byte >> 4)))
    hex.append(byte: lowercased(hexDigit(byte & 15)))
  }
  return hex.bytes.string
}
