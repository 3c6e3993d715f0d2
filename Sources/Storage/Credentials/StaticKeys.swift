import Records
import Toolkit

/// AWS_ACCESS_KEY_ID and the variables that belong to it.
struct EnvironmentKeys: CredentialSource {
  let configuration: AWSConfiguration
  let description = "the environment (AWS_ACCESS_KEY_ID)"

  /// Nil where the variable is not set.
  init?(_ configuration: AWSConfiguration) {
    guard configuration.environment[nonEmpty: "AWS_ACCESS_KEY_ID"] != nil else { return nil }
    self.configuration = configuration
  }

  func fetch(_ settings: HTTPSettings) throws(Failure) -> Credentials {
    let environment = configuration.environment
    let expiration = try environment[nonEmpty: "AWS_CREDENTIAL_EXPIRATION"].map { text throws(Failure) in
      try expirationTime(text, from: "AWS_CREDENTIAL_EXPIRATION")
    }
    guard let secret = environment[nonEmpty: "AWS_SECRET_ACCESS_KEY"] else {
      throw Failure(.badConfiguration, "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")
    }
    return try Credentials(
      id: environment["AWS_ACCESS_KEY_ID"], secret: secret,
      token: environment[nonEmpty: "AWS_SECURITY_TOKEN"] ?? environment["AWS_SESSION_TOKEN"],
      expiration: expiration, from: description)
  }
}

/// Keys that stand in a profile of one of the files. The file is read anew each time: another program may renew them.
struct FileKeys: CredentialSource {
  let configuration: AWSConfiguration
  let profile: String
  /// Which of the two files.
  let isCredentialsFile: Bool

  var description: String {
    "profile “\(profile)” of \(isCredentialsFile ? configuration.credentialsPath : configuration.configPath)"
  }

  /// Nil where the profile has no keys in the credentials file.
  init?(credentialsFileOf configuration: AWSConfiguration, profile: String) {
    guard configuration.credentialsProfiles[profile]?.text("aws_access_key_id") != nil else { return nil }
    self.init(configuration, profile, isCredentialsFile: true)
  }

  /// Nil where the profile has no keys in the configuration file.
  init?(configFileOf configuration: AWSConfiguration, profile: String) {
    guard configuration.configProfiles[profile]?.text("aws_access_key_id") != nil else { return nil }
    self.init(configuration, profile, isCredentialsFile: false)
  }

  private init(_ configuration: AWSConfiguration, _ profile: String, isCredentialsFile: Bool) {
    self.configuration = configuration
    self.profile = profile
    self.isCredentialsFile = isCredentialsFile
  }

  func fetch(_ settings: HTTPSettings) throws(Failure) -> Credentials {
    let now = try AWSConfiguration(profile: configuration.requestedProfile, environment: configuration.environment)
    let profiles = isCredentialsFile ? now.credentialsProfiles : now.configProfiles
    guard let keys = try Credentials(in: profiles[profile] ?? [:], from: description) else {
      throw Failure(.badConfiguration, "\(description): the keys are gone")
    }
    return keys
  }
}
