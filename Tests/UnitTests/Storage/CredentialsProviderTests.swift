import Glibc
import Storage
import Testing
import Toolkit

/// Keys that a program prints, each time new ones; it counts its calls in a file, and fails where there is a file
/// `fail`.
private struct Rotation {
  let folder = TemporaryFolder()
  let files: AWSFiles
  let provider: CredentialProvider

  /// - Parameter lifetime: of each key, in seconds; nil: they do not expire.
  init(lifetime: Int?) throws {
    let expiration =
      lifetime.map { ", \\\"Expiration\\\": \\\"$(date -u -d '+\($0) seconds' +%Y-%m-%dT%H:%M:%S.%3NZ)\\\"" } ?? ""
    folder.write(
      "print-keys",
      """
      cd "$(dirname "$0")"
      echo >>calls
      [ ! -e fail ] || { echo told to >&2; exit 1; }
      n=$(wc -l <calls)
      [ ! -e same ] || n=1
      echo "{\\"Version\\": 1, \\"AccessKeyId\\": \\"KEY$n\\", \\"SecretAccessKey\\": \\"s\\"\(expiration)}"
      """)
    files = AWSFiles(config: "[default]\ncredential_process = sh \(folder.file("print-keys"))\n")
    provider = CredentialProvider(try files.configuration(), settings: HTTPSettings())
  }

  var calls: Int { folder.text("calls")?.count ?? 0 }
}

@Suite struct CredentialsProviderTests {
  @Test func keysThatHoldAreKept() throws {
    let rotation = try Rotation(lifetime: 3600)
    for _ in 0..<3 { #expect(try rotation.provider.signingKey().accessKeyID == "KEY1") }
    #expect(rotation.calls == 1)
    #expect(rotation.provider.description == "credential_process of profile “default”")
  }

  @Test func keysAreRenewedBeforeTheyEnd() throws {
    let rotation = try Rotation(lifetime: 4)
    #expect(try rotation.provider.signingKey().accessKeyID == "KEY1")
    usleep(3_300_000)
    #expect(try rotation.provider.signingKey().accessKeyID == "KEY2")
    #expect(rotation.calls == 2)
  }

  @Test func aRenewalThatFailsIsTriedAgainLater() throws {
    let rotation = try Rotation(lifetime: 4)
    #expect(try rotation.provider.signingKey().accessKeyID == "KEY1")
    rotation.folder.write("fail", "")
    usleep(3_300_000)
    for _ in 0..<3 { #expect(try rotation.provider.signingKey().accessKeyID == "KEY1") }
    #expect(rotation.calls == 2)
    usleep(900_000)
    #expect(throws: Failure.self) { try rotation.provider.signingKey() }
    unlink(rotation.folder.file("fail"))
    #expect(try rotation.provider.signingKey().accessKeyID == "KEY4")
  }

  @Test func refusedKeysAreReplaced() throws {
    let rotation = try Rotation(lifetime: nil)
    let first = try rotation.provider.signingKey()
    rotation.provider.refuse(first)
    let second = try rotation.provider.signingKey()
    #expect(second.accessKeyID == "KEY2")
    // Another thread's, late.
    rotation.provider.refuse(first)
    #expect(try rotation.provider.signingKey() == second)
    #expect(rotation.calls == 2)
  }

  @Test func aSourceWithoutABetterKeyIsAskedOnce() throws {
    let rotation = try Rotation(lifetime: nil)
    rotation.folder.write("same", "")
    let key = try rotation.provider.signingKey()
    for _ in 0..<4 {
      rotation.provider.refuse(key)
      #expect(try rotation.provider.signingKey() == key)
    }
    #expect(rotation.calls == 2)
  }

  @Test func keysInAFileAreReadAgain() throws {
    let files = AWSFiles(config: "", credentials: "[default]\naws_access_key_id = OLD\naws_secret_access_key = s\n")
    let provider = CredentialProvider(try files.configuration(), settings: HTTPSettings())
    let old = try provider.signingKey()
    files.folder.write("credentials", "[default]\naws_access_key_id = NEW\naws_secret_access_key = s\n")
    #expect(try provider.signingKey() == old)
    provider.refuse(old)
    #expect(try provider.signingKey().accessKeyID == "NEW")
  }

  @Test func manyThreadsAskOnce() async throws {
    let rotation = try Rotation(lifetime: 3600)
    let provider = rotation.provider
    let found = await withTaskGroup(of: SigningKey?.self) { group in
      for _ in 0..<32 {
        group.addTask {
          let key = try? provider.signingKey()
          if let key, key.accessKeyID == "KEY1" { provider.refuse(key) }
          return try? provider.signingKey()
        }
      }
      return await group.reduce(into: Set<String>()) { $0.insert($1?.accessKeyID ?? "none") }
    }
    #expect(found == ["KEY2"])
    #expect(rotation.calls == 2)
  }

  @Test func aFailureIsNotTheEnd() throws {
    let rotation = try Rotation(lifetime: nil)
    rotation.folder.write("fail", "")
    #expect(throws: Failure.self) { try rotation.provider.signingKey() }
    unlink(rotation.folder.file("fail"))
    #expect(try rotation.provider.signingKey().accessKeyID == "KEY2")
  }
}
