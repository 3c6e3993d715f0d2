import Glibc
import Records
import Toolkit

/// Keys, and until when they hold.
struct Credentials: Sendable {
  let key: SigningKey
  /// Nil: until somebody takes them back.
  let expiration: Timestamp?
}

extension Credentials {
  /// Takes what `source` gave; throws `.badConfiguration`, naming the source, where that cannot be used.
  init(
    id: String?, secret: String?, token: String?, expiration: Timestamp? = nil, from source: String
  ) throws(Failure) {
    guard let id, !id.isEmpty else { throw Failure(.badConfiguration, "\(source): no access key is given") }
    guard let secret, !secret.isEmpty else {
      throw Failure(.badConfiguration, "\(source): an access key is given, but no secret access key")
    }
    for (what, text) in [("access key", id), ("secret access key", secret), ("session token", token ?? "")] {
      try requireToken(text, "the \(what)", from: source)
    }
    key = SigningKey(accessKeyID: id, secret: secret, sessionToken: token.flatMap { $0.isEmpty ? nil : $0 })
    self.expiration = expiration
  }

  /// Keys of a profile's section; nil where it has none.
  init?(in section: INIFile.Section, from source: String) throws(Failure) {
    guard let id = section.text("aws_access_key_id") else { return nil }
    let token = section.text("aws_security_token") ?? section.text("aws_session_token")
    try self.init(id: id, secret: section.text("aws_secret_access_key"), token: token, from: source)
  }

  /// Keys of an answer in JSON with the members AccessKeyId, SecretAccessKey, `token` and Expiration.
  init(answer: JSONValue, token: String, from source: String, mustExpire: Bool) throws(Failure) {
    let time = answer["Expiration"]?.string
    if mustExpire, time == nil { throw Failure(.badConfiguration, "\(source): the answer has no Expiration") }
    try self.init(
      id: answer["AccessKeyId"]?.string, secret: answer["SecretAccessKey"]?.string, token: answer[token]?.string,
      expiration: try time.map { text throws(Failure) in try expirationTime(text, from: source) }, from: source)
  }
}

/// Somebody who gives credentials, and gives them again when they have expired.
protocol CredentialSource: Sendable {
  /// Where the keys come from, for diagnostics: never a secret.
  var description: String { get }

  /// Throws `.unavailable` where who gives the keys cannot be reached, `.badConfiguration` where asking again would
  /// not help. May block for seconds.
  func fetch(_ settings: HTTPSettings) throws(Failure) -> Credentials
}

/// Whether `text` is printable ASCII without blanks, as all keys and tokens are: it will stand in a header.
func requireToken(_ text: String, _ what: String, from source: String) throws(Failure) {
  guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
    throw Failure(.badConfiguration, "\(source): \(what) has blanks or characters that none has")
  }
}

/// The time of an `Expiration`: RFC 3339, also with `UTC` or `+0000` at its end as older tools wrote it.
func expirationTime(_ text: String, from source: String) throws(Failure) -> Timestamp {
  var text = text
  if text.hasSuffix("UTC") { text = text.dropLast(3) + "Z" }
  if text.hasSuffix("+0000") { text = text.dropLast(5) + "Z" }
  guard let time = lend(text, { Timestamp($0) }) else {
    throw Failure(.badConfiguration, "\(source): the time of expiration cannot be read")
  }
  return time
}

/// An answer in JSON, without its text in the failure: that may be a secret.
func jsonAnswer(_ body: [UInt8], from source: String) throws(Failure) -> JSONValue {
  guard let value = body.withUnsafeBytes({ try? JSONValue(parsing: $0) }), case .object = value else {
    throw Failure(.badConfiguration, "\(source): the answer is no JSON object")
  }
  return value
}
