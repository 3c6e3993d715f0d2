import Storage
import Testing

/// Which source is asked; what each of them does with a server is shown by Tests/scenarios/credentials.sh.
@Suite struct CredentialsChainTests {
  private static let inEnvironment = ["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s"]
  private static func keys(_ id: String) -> String { "aws_access_key_id = \(id)\naws_secret_access_key = s\n" }

  private static func process(_ id: String) -> String {
    "credential_process = echo '{\"Version\": 1, \"AccessKeyId\": \"\(id)\", \"SecretAccessKey\": \"s\"}'\n"
  }

  @Test func theEnvironmentIsFirst() {
    var files = AWSFiles(config: "[profile a]\n\(Self.keys("CONFIG"))", Self.inEnvironment)
    #expect(files.key() == "ENV")
    files.environment["AWS_PROFILE"] = "a"
    #expect(files.key() == "ENV")
    #expect(files.key("a") == "CONFIG")
  }

  @Test func filesComeInTheirOrder() {
    let all = "[default]\n\(Self.process("PROCESS"))\(Self.keys("CONFIG"))"
    #expect(AWSFiles(config: all, credentials: "[default]\n\(Self.keys("SHARED"))").key() == "SHARED")
    #expect(AWSFiles(config: all).key() == "PROCESS")
    #expect(AWSFiles(config: "[default]\n\(Self.keys("CONFIG"))").key() == "CONFIG")
    #expect(AWSFiles(config: "", credentials: "[default]\n\(Self.process("PROCESS"))").key() == "PROCESS")
    #expect(AWSFiles(config: "", credentials: "[profile a]\n\(Self.keys("X"))").key("a").hasPrefix("no profile"))
  }

  @Test func aRoleIsBeforeTheKeysOfItsProfile() {
    let role = "[default]\nrole_arn = r\nsource_profile = default\n\(Self.keys("CONFIG"))"
    #expect(AWSFiles(config: role, ["AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1"]).key().hasPrefix("role r, http"))
  }

  @Test func noCredentialsSayWhatToDo() {
    let said = AWSFiles(config: "").key()
    for part in ["environment", "~/config", "~/credentials", "AWS_ACCESS_KEY_ID", "--profile", "--no-sign-request"] {
      #expect(said.contains(part))
    }
  }

  @Test(arguments: [
    ("role_arn = r", "profile “a” has a role_arn, but neither source_profile nor credential_source"),
    (
      "role_arn = r\nsource_profile = b\ncredential_source = Environment",
      "profile “a” has both source_profile and credential_source"
    ),
    (
      "role_arn = r\nsource_profile = c", "profile “a” has source_profile “c”, which is not there, did you mean a or b?"
    ),
    ("role_arn = r\nsource_profile = b", "profile “b”, the source_profile of “a”, has no credentials"),
    ("role_arn = r\nsource_profile = a", "the source_profile of profiles goes round: a, a"),
    (
      "role_arn = r\ncredential_source = EC2InstanceMetadata",
      "profile “a” has an unknown credential_source “EC2InstanceMetadata”, did you mean Ec2InstanceMetadata?"
    ),
    (
      "role_arn = r\ncredential_source = EcsContainer",
      "profile “a” has credential_source “EcsContainer”, which has no credentials"
    ),
    ("web_identity_token_file = t", "the token in t is for a role, but neither AWS_ROLE_ARN nor role_arn names one"),
    ("web_identity_token_file = t\nrole_arn = r", "t: no token is there for role r"),
    ("sso_account_id = 1", "profile “a” uses SSO, but has no sso_role_name"),
    (
      "sso_account_id = 1\nsso_session = sesion",
      "~/config: profile “a” names no known [sso-session sesion], did you mean session?"
    ),
    (
      "sso_account_id = 1\nsso_region = x\nsso_session = session",
      "profile “a” and [sso-session session] do not agree on sso_region"
    ),
    ("aws_access_key_id = k", "profile “a” of ~/config: an access key is given, but no secret access key"),
    (
      "aws_access_key_id = k\naws_secret_access_key = a b",
      "profile “a” of ~/config: the secret access key has blanks or characters that none has"
    ),
    ("credential_process = exit 4", "credential_process of profile “a” ended with status 4"),
    (
      "credential_process = echo oops >&2; kill -9 $$", "credential_process of profile “a” was killed by signal 9: oops"
    ),
    ("credential_process = echo secret", "credential_process of profile “a”: the answer is no JSON object"),
    ("credential_process = echo '{\"Version\": 2}'", "credential_process of profile “a”: its answer has no Version 1"),
    ("credential_process = echo '{\"Version\": 1}'", "credential_process of profile “a”: no access key is given"),
    ("credential_process = cat /dev/zero", "credential_process of profile “a” was stopped: it printed too much"),
    (
      "credential_process = echo '{\"Version\":1,\"AccessKeyId\":\"k\",\"SecretAccessKey\":\"s\",\"Expiration\":\"soon\"}'",
      "credential_process of profile “a”: the time of expiration cannot be read"
    ),
    (
      "credential_process = echo '{\"Version\":1,\"AccessKeyId\":\"k\",\"SecretAccessKey\":\"s\",\"Expiration\":\"2020-01-01T00:00:00Z\"}'",
      "credential_process of profile “a”: the keys have expired"
    ),
  ])
  func whatIsNotEnoughIsSaid(settings: String, message: String) {
    let rest = "\n[profile b]\nregion = x\n[sso-session session]\nsso_region = eu-west-1\n"
    #expect(AWSFiles(config: "[profile a]\n\(settings)\(rest)").key("a") == message)
  }

  @Test(arguments: [
    "http://example.com/", "http://10.0.0.1/", "http://169.254.170.3/", "http://127.0.0.1@example.com/",
    "ftp://localhost/",
    "http://localhost.example.com/", "http://[::2]/", "http:///", "", "localhost", "http://127.0.0.1.example.com/",
    "http://example.com\\@127.0.0.1/",
  ])
  func containersAreNear(url: String) {
    #expect(AWSFiles(config: "", ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]).key().contains("is neither https nor"))
  }

  @Test(arguments: [
    "http://127.0.0.1:1/", "http://localhost:1/x?y", "http://[::1]:1/", "http://127.9.9.9:1", "https://127.0.0.1:1/",
  ])
  func nearContainersAreAsked(url: String) {
    #expect(AWSFiles(config: "", ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]).key().contains("connect"))
  }

  @Test func bothFilesMayBeOne() {
    var files = AWSFiles(config: "[default]\n\(Self.keys("A"))[profile b]\n\(Self.keys("B"))")
    files.environment["AWS_SHARED_CREDENTIALS_FILE"] = files.environment["AWS_CONFIG_FILE"]
    #expect(files.key() == "A")
    #expect(files.key("b") == "B")
  }

  @Test func halfAKeyInTheEnvironmentIsAnError() {
    let files = AWSFiles(config: "[default]\n\(Self.keys("CONFIG"))", ["AWS_ACCESS_KEY_ID": "ENV"])
    #expect(files.key() == "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")
  }
}
