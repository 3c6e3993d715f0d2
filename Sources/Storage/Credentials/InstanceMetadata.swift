import Records
import Toolkit

/// Keys of the role that a machine of EC2 has, by its metadata service.
struct InstanceMetadata: CredentialSource {
  private let url: String
  /// Milliseconds.
  private let timeout: Int
  private let attempts: Int
  private let allowsVersion1: Bool

  var description: String { "the instance metadata service at \(url)" }

  /// Nil where the service is switched off.
  init?(_ configuration: AWSConfiguration) throws(Failure) {
    if configuration.environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" { return nil }
    func number(_ name: String, _ variable: String) throws(Failure) -> Int {
      guard let text = configuration.setting(name, variable: variable) else { return 1 }
      guard let value = Int(text), (1...3600).contains(value) else {
        throw Failure(.badConfiguration, "\(variable) or \(name): “\(text)” is no number from 1 to 3600")
      }
      return value
    }
    timeout = try number("metadata_service_timeout", "AWS_METADATA_SERVICE_TIMEOUT") * 1000
    attempts = try number("metadata_service_num_attempts", "AWS_METADATA_SERVICE_NUM_ATTEMPTS")
    allowsVersion1 = !configuration.isTrue("ec2_metadata_v1_disabled", variable: "AWS_EC2_METADATA_V1_DISABLED")
    url = try Self.url(configuration)
  }

  private static func url(_ configuration: AWSConfiguration) throws(Failure) -> String {
    let variable = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
    if var url = configuration.setting("ec2_metadata_service_endpoint", variable: variable) {
      guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
        throw Failure(.badConfiguration, "\(variable): “\(url)” is no http:// or https:// URL")
      }
      while url.hasSuffix("/") { url.removeLast() }
      return url
    }
    let mode = configuration.setting(
      "ec2_metadata_service_endpoint_mode", variable: "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")?.lowercased()
    guard mode == nil || mode == "ipv4" || mode == "ipv6" else {
      throw Failure(.badConfiguration, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: neither ipv4 nor ipv6")
    }
    let usesIPv6 = mode == nil && configuration.isTrue("imds_use_ipv6", variable: "AWS_IMDS_USE_IPV6")
    return mode == "ipv6" || usesIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
  }

  /// Throws `.unavailable` where no service answers or the machine has no role.
  func fetch(_ settings: HTTPSettings) throws(Failure) -> Credentials {
    var settings = settings
    settings.connectTimeout = timeout
    settings.usesProxies = false
    let client = try HTTPClient(settings)
    let token = try token(client)
    if token == nil, !allowsVersion1 {
      throw Failure(.badConfiguration, "\(description): gives no token, and its version 1 is switched off")
    }
    let path = "/latest/meta-data/iam/security-credentials/"
    let roles = try get(path, token: token, client)
    guard let role = String(token: roles).split(separator: "\n").first else {
      throw Failure(.unavailable, "\(description): the machine has no role")
    }
    var encoded = ByteBuffer()
    Array(role.utf8).withUnsafeBytes { encoded.append(percentEncoded: $0) }
    let json = try jsonAnswer(
      try get(path + encoded.bytes.string, token: token, client), from: "\(description), role \(role)")
    if json["AccessKeyId"] == nil, let code = json["Code"]?.string {
      let reason = json["Message"]?.string.map { ": \($0.prefix(300))" } ?? ""
      throw Failure(.badConfiguration, "\(description), role \(role): \(code)\(reason)")
    }
    let keys = try Credentials(answer: json, token: "Token", from: description, mustExpire: true)
    return Self.extended(keys)
  }

  /// When the service has trouble, it gives keys that have expired; stores take them for that time, says AWS.
  private static func extended(_ keys: Credentials) -> Credentials {
    guard let expiration = keys.expiration, expiration <= .now else { return keys }
    return Credentials(key: keys.key, expiration: Timestamp.now.adding(milliseconds: 10 * 60_000))
  }

  /// Version 2's token; nil where the service knows only version 1.
  private func token(_ client: HTTPClient) throws(Failure) -> String? {
    var request = HTTPRequest(url + "/latest/api/token")
    request.method = "PUT"
    request.headers = ["X-aws-ec2-metadata-token-ttl-seconds: 21600"]
    let answer: HTTPResponse
    do throws(TransportError) {
      answer = try send(request, client)
    } catch {
      // Behind one hop too many, the token's answer does not arrive.
      if error.kind == .timeout { return nil }
      throw Failure(.unavailable, "\(description): \(error.message)")
    }
    switch answer.status {
    case 200: break
    case 403, 404, 405: return nil
    default: throw answer.failure(from: description)
    }
    let token = String(token: answer.body)
    try requireToken(token, "the token", from: description)
    return token
  }

  private func get(_ path: String, token: String?, _ client: HTTPClient) throws(Failure) -> [UInt8] {
    var request = HTTPRequest(url + path)
    if let token { request.headers = ["X-aws-ec2-metadata-token: \(token)"] }
    let answer: HTTPResponse
    do throws(TransportError) {
      answer = try send(request, client)
    } catch {
      throw Failure(.unavailable, "\(description): \(error.message)")
    }
    guard answer.status == 200 else {
      throw Failure(.unavailable, "\(description): status \(answer.status) for \(path)")
    }
    return answer.body
  }

  /// Sends as often as configured: nobody may be there, and nobody shall wait long for that.
  private func send(_ request: HTTPRequest, _ client: HTTPClient) throws(TransportError) -> HTTPResponse {
    var request = request
    request.timeout = timeout
    for _ in 1..<attempts {
      if let answer = try? client.send(request, limit: 1 << 20), answer.status == 200 { return answer }
    }
    return try client.send(request, limit: 1 << 20)
  }
}
