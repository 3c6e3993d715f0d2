import Glibc
import Records
import Toolkit

/// A question to a service that gives credentials: small, and asked again while nobody answers.
struct CredentialRequest {
  var http: HTTPRequest
  /// Who is asked, for diagnostics.
  let source: String
  var attempts = 3
  /// Milliseconds between them.
  var pause: Int32 = 1000

  /// Bytes; no answer has more than some thousand.
  private static let limit = 1 << 20

  init(_ http: HTTPRequest, to source: String) {
    self.http = http
    self.source = source
    if http.timeout == 0 { self.http.timeout = 30_000 }
  }

  /// The last answer, whatever its status; throws `.unavailable` where none came.
  func answer(_ settings: HTTPSettings, isTransient: (HTTPResponse) -> Bool = { _ in false }) throws(Failure)
    -> HTTPResponse
  {
    let client = try HTTPClient(settings)
    var attempt = 1
    while true {
      do throws(TransportError) {
        let answer = try client.send(http, limit: Self.limit)
        let isOver = answer.status < 500 && answer.status != 429 && !isTransient(answer)
        if isOver || attempt >= attempts { return answer }
      } catch {
        let isFinal = error.kind == .refused || error.kind == .cancelled
        if isFinal || attempt >= attempts { throw Failure(.unavailable, "\(source): \(error.message)") }
      }
      attempt += 1
      Self.wait(pause)
    }
  }

  /// Ends early when a signal asks to stop.
  private static func wait(_ milliseconds: Int32) {
    var entry = pollfd(fd: Signals.wakeDescriptor, events: Int16(POLLIN), revents: 0)
    if !Signals.isStopping { poll(&entry, 1, milliseconds) }
  }
}

extension HTTPResponse {
  /// What an answer with a bad status says, with the service's code and reason where it gave some.
  func failure(from source: String, code: String?, reason: String?) -> Failure {
    let text = [code, reason].compactMap { $0.map { String($0.prefix(300)) } }.filter { !$0.isEmpty }
    return Failure(
      status >= 500 || status == 429 ? .unavailable : .badConfiguration,
      "\(source): status \(status)" + (text.isEmpty ? "" : ", " + text.joined(separator: ": ")))
  }

  /// The same with what an answer in JSON says.
  func failure(from source: String) -> Failure {
    guard let json = body.withUnsafeBytes({ try? JSONValue(parsing: $0) }) else {
      return failure(from: source, code: nil, reason: nil)
    }
    let code = json["code"] ?? json["Code"] ?? json["__type"] ?? json["error"]
    let reason = json["message"] ?? json["Message"] ?? json["error_description"]
    return failure(from: source, code: code?.string, reason: reason?.string)
  }
}

/// `text` as the value of a URL's or a form's parameter.
func queryValue(_ text: String) -> String {
  var encoded = ByteBuffer()
  lend(text) { encoded.append(queryEncoded: $0) }
  return encoded.bytes.string
}
