import Storage
import Testing
import Toolkit

/// A folder with the two files of AWS, and an environment that names them.
struct AWSFiles {
  let folder = TemporaryFolder()
  var environment: [String: String]

  init(config: String, credentials: String = "", _ variables: [String: String] = [:]) {
    folder.write("config", config)
    folder.write("credentials", credentials)
    environment = [
      "HOME": folder.path, "AWS_CONFIG_FILE": "~/config", "AWS_SHARED_CREDENTIALS_FILE": folder.file("credentials"),
      "AWS_EC2_METADATA_DISABLED": "true",
    ].merging(variables) { $1 }
  }

  func configuration(_ profile: String? = nil) throws(Failure) -> AWSConfiguration {
    try AWSConfiguration(profile: profile, environment: environment)
  }

  /// The access key that is found, or why none is.
  func key(_ profile: String? = nil) -> String {
    do throws(Failure) {
      let provider = CredentialProvider(try configuration(profile), settings: HTTPSettings())
      return try provider.signingKey().accessKeyID
    } catch {
      return error.message.replacing(folder.path, with: "~")
    }
  }
}

extension String {
  fileprivate func replacing(_ text: String, with other: String) -> String {
    var out = ""
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(text) {
        out += other
        rest = rest.dropFirst(text.count)
      } else {
        out.append(rest.removeFirst())
      }
    }
    return out
  }
}

@Suite struct CredentialsConfigurationTests {
  private static let config = """
    [default]
    region = eu-central-1
    endpoint_url = http://all
    [profile a]
    region = eu-north-1
    services = local
    ca_bundle = ~/ca.pem
    s3 =
      addressing_style = path
    [profile b]
    services = unknown
    [profile c]
    ignore_configured_endpoint_urls = TRUE
    endpoint_url = http://all
    [services local]
    s3 =
      endpoint_url = http://s3
    sso_oidc =
      endpoint_url = http://oidc
    """

  private func configuration(_ profile: String?, _ variables: [String: String] = [:]) throws -> AWSConfiguration {
    try AWSFiles(config: Self.config, credentials: "[default]\nregion = us-west-2", variables).configuration(profile)
  }

  @Test func regionComesFromTheEnvironmentOrTheProfile() throws {
    #expect(try configuration(nil).region == "us-west-2")
    #expect(try configuration("a").region == "eu-north-1")
    #expect(try configuration("c").region == nil)
    #expect(try configuration("a", ["AWS_DEFAULT_REGION": "x"]).region == "x")
    #expect(try configuration("a", ["AWS_DEFAULT_REGION": "x", "AWS_REGION": "y"]).region == "y")
    #expect(try configuration("a", ["AWS_REGION": ""]).region == "eu-north-1")
  }

  @Test func endpointsAreOfOneServiceOrOfAll() throws {
    #expect(try configuration("a").endpointURL(for: "s3") == "http://s3")
    #expect(try configuration("a").endpointURL(for: "SSO_OIDC") == "http://oidc")
    #expect(try configuration("a").endpointURL(for: "sts") == nil)
    #expect(try configuration(nil).endpointURL(for: "s3") == "http://all")
    #expect(try configuration("c").endpointURL(for: "s3") == nil)
    let variables = ["AWS_ENDPOINT_URL": "http://x", "AWS_ENDPOINT_URL_STS": "http://y"]
    #expect(try configuration("a", variables).endpointURL(for: "s3") == "http://x")
    #expect(try configuration("a", variables).endpointURL(for: "sts") == "http://y")
    let ignored = variables.merging(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"]) { $1 }
    #expect(try configuration("a", ignored).endpointURL(for: "s3") == nil)
  }

  @Test func otherSettings() throws {
    #expect(try configuration("a").s3AddressingStyle == "path")
    #expect(try configuration(nil).s3AddressingStyle == nil)
    #expect(try configuration("a").caBundle?.hasSuffix("/ca.pem") == true)
    #expect(try configuration("a", ["AWS_CA_BUNDLE": "/x"]).caBundle == "/x")
    #expect(try configuration("a", ["AWS_USE_FIPS_ENDPOINT": "True"]).usesFIPS)
    #expect(try !configuration("a").usesDualStack)
  }

  @Test func aProfileThatIsAskedForMustBeThere() {
    let files = AWSFiles(config: "[profile media-reader]\na=1\n[profilex]\n[preview]\n", credentials: "[other]\n")
    #expect(
      files.key("media-raeder").hasPrefix(
        "no profile “media-raeder” in ~/config or ~/credentials, did you mean media-reader?"))
    #expect(files.key("preview").hasPrefix("no profile"))
    #expect(throws: Never.self) { try files.configuration("other") }
    var named = files
    named.environment["AWS_PROFILE"] = "x"
    #expect(named.key().hasPrefix("AWS_PROFILE: no profile “x”"))
  }

  @Test func filesMayBeMissing() throws {
    let nowhere = [
      "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "HOME": "/nonexistent",
    ]
    #expect(try AWSConfiguration(profile: nil, environment: nowhere).region == nil)
  }

  @Test func servicesThatAreNamedMustBeThere() {
    #expect(throws: Failure.self) { try configuration("b") }
  }

  @Test func hugeFilesAreRefused() {
    let files = AWSFiles(config: String(repeating: "#", count: 9 << 20))
    #expect(files.key() == "~/config: more than 8388608 bytes")
  }

  @Test func partitionsHaveTheirHostNames() throws {
    #expect(try AWSPartition(of: "eu-west-1").suffix == "amazonaws.com")
    #expect(try AWSPartition(of: "cn-north-1").suffix == "amazonaws.com.cn")
    #expect(try AWSPartition(of: "us-isob-east-1").dualStackSuffix == "api.aws.scloud")
    for name in ["", "a.b", "a/b", "-a", "A", "a@b"] { #expect(throws: Failure.self) { try AWSPartition(of: name) } }
  }
}
