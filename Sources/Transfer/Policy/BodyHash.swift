import COpenSSL
import Records

/// The digest of a body, piece by piece; EVP_DigestInit(3).
package final class BodyHash {
  package enum Algorithm: String, CaseIterable, Sendable {
    case sha256, md5

    /// Whether the system's OpenSSL has it: one set up for FIPS 140 has no MD5.
    package var isProvided: Bool {
      guard let digest = EVP_MD_fetch(nil, rawValue, nil) else { return false }
      EVP_MD_free(digest)
      return true
    }
  }

  private let context: OpaquePointer

  /// Traps where the algorithm is not provided.
  init(_ algorithm: Algorithm) {
    guard let context = EVP_MD_CTX_new() else { fatalError("out of memory") }
    self.context = context
    check(EVP_DigestInit_ex(context, algorithm == .sha256 ? EVP_sha256() : EVP_md5(), nil))
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Forgets what was added.
  func reset() { check(EVP_DigestInit_ex(context, nil, nil)) }

  func add(_ bytes: Bytes) { check(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)) }

  /// Of all that was added since the last `reset`, in lower-case hexadecimal. To be followed by `reset`.
  func finish() -> String {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    check(EVP_DigestFinal_ex(context, &digest, &count))
    let digits = Array("0123456789abcdef".utf8)
    let text = digest.prefix(Int(count)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  private func check(_ result: Int32) { precondition(result == 1, "the system's OpenSSL lacks a digest") }
}
