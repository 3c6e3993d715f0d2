import Toolkit

/// Where credentials are looked for, in botocore's order.
struct CredentialChain {
  let configuration: AWSConfiguration

  /// The first source that has something, with its first keys. Throws `.badConfiguration` where there is none.
  func find(_ settings: HTTPSettings) throws(Failure) -> (any CredentialSource, Credentials) {
    if let source = try configured() { return (source, try source.fetch(settings)) }
    guard let machine = try InstanceMetadata(configuration) else {
      throw noneFound("the instance metadata service is switched off (AWS_EC2_METADATA_DISABLED)")
    }
    do throws(Failure) {
      return (machine, try machine.fetch(settings))
    } catch {
      // Nobody said that this is a machine of EC2.
      throw error.status == .unavailable && !Signals.isStopping ? noneFound(error.message) : error
    }
  }

  /// The first source that something was configured for.
  func configured() throws(Failure) -> (any CredentialSource)? {
    let isAskedFor = configuration.requestedProfile != nil
    if !isAskedFor, let keys = EnvironmentKeys(configuration) { return keys }
    let profile = configuration.profileName
    if let role = configuration.profile.assumedRole {
      return try source(ofRole: role, profile: profile, visited: [profile])
    }
    if let source = try source(ofProfile: profile, readsEnvironment: !isAskedFor) { return source }
    return try ContainerCredentials(configuration)
  }

  /// What a profile itself gives.
  private func source(ofProfile profile: String, readsEnvironment: Bool) throws(Failure) -> (any CredentialSource)? {
    let section = configuration.profiles[profile] ?? [:]
    if let identity = try webIdentity(profile, section, readsEnvironment: readsEnvironment) { return identity }
    if let keys = try SSOKeys(configuration, profile: profile) { return keys }
    if let keys = FileKeys(credentialsFileOf: configuration, profile: profile) { return keys }
    if section.text("login_session") != nil {
      throw Failure(
        .badConfiguration,
        "profile “\(profile)” is one of `aws login`, which only the AWS CLI can use; let it give the keys: "
          + "credential_process = aws configure export-credentials --profile \(profile), in another profile")
    }
    if let command = section.text("credential_process") { return CredentialProcess(profile: profile, command: command) }
    return FileKeys(configFileOf: configuration, profile: profile)
  }

  private func webIdentity(
    _ profile: String, _ section: INIFile.Section, readsEnvironment: Bool
  ) throws(Failure) -> WebIdentity? {
    func setting(_ name: String, _ variable: String) -> String? {
      (readsEnvironment ? configuration.environment[nonEmpty: variable] : nil) ?? section.text(name)
    }
    guard let path = setting("web_identity_token_file", "AWS_WEB_IDENTITY_TOKEN_FILE") else { return nil }
    guard let role = setting("role_arn", "AWS_ROLE_ARN") else {
      throw Failure(
        .badConfiguration, "the token in \(path) is for a role, but neither AWS_ROLE_ARN nor role_arn names one")
    }
    return WebIdentity(
      role: role, tokenPath: path, sessionName: setting("role_session_name", "AWS_ROLE_SESSION_NAME"),
      sts: try STS(configuration))
  }

  /// - Parameter visited: the profiles that were gone through, this one last.
  private func source(ofRole role: String, profile: String, visited: [String]) throws(Failure) -> any CredentialSource {
    let section = configuration.profiles[profile] ?? [:]
    let origin: any CredentialSource
    switch (section.text("source_profile"), section.text("credential_source")) {
    case (.some(let next), nil): origin = try source(ofNext: next, of: profile, visited: visited)
    case (nil, .some(let kind)): origin = try source(ofKind: kind, profile: profile)
    case (nil, nil):
      throw Failure(
        .badConfiguration, "profile “\(profile)” has a role_arn, but neither source_profile nor credential_source")
    case (.some, .some):
      throw Failure(.badConfiguration, "profile “\(profile)” has both source_profile and credential_source")
    }
    return try AssumedRole(profile: profile, section: section, role: role, origin: origin, configuration)
  }

  /// What `source_profile` names.
  private func source(
    ofNext next: String, of profile: String, visited: [String]
  ) throws(Failure) -> any CredentialSource {
    guard let section = configuration.profiles[next] else {
      let near = suggestion(for: next, in: configuration.profiles.keys)
      throw Failure(.badConfiguration, "profile “\(profile)” has source_profile “\(next)”, which is not there\(near)")
    }
    let hasKeys = section.text("aws_access_key_id") != nil || section.text("aws_secret_access_key") != nil
    // A profile may name itself where its own keys take the role.
    guard !visited.contains(next) || next == profile && hasKeys else {
      throw Failure(
        .badConfiguration, "the source_profile of profiles goes round: \((visited + [next]).joined(separator: ", "))")
    }
    if !hasKeys, let role = section.assumedRole {
      return try source(ofRole: role, profile: next, visited: visited + [next])
    }
    guard let source = try source(ofProfile: next, readsEnvironment: false) else {
      throw Failure(.badConfiguration, "profile “\(next)”, the source_profile of “\(profile)”, has no credentials")
    }
    return source
  }

  /// What `credential_source` names.
  private func source(ofKind kind: String, profile: String) throws(Failure) -> any CredentialSource {
    let source: (any CredentialSource)?
    switch kind {
    case "Environment": source = EnvironmentKeys(configuration)
    case "EcsContainer": source = try ContainerCredentials(configuration)
    case "Ec2InstanceMetadata": source = try InstanceMetadata(configuration)
    default:
      let near = suggestion(for: kind, in: ["Environment", "EcsContainer", "Ec2InstanceMetadata"])
      throw Failure(.badConfiguration, "profile “\(profile)” has an unknown credential_source “\(kind)”\(near)")
    }
    guard let source else {
      throw Failure(.badConfiguration, "profile “\(profile)” has credential_source “\(kind)”, which has no credentials")
    }
    return source
  }

  private func noneFound(_ machine: String) -> Failure {
    let places = configuration.requestedProfile == nil ? "the environment, " : ""
    return Failure(
      .badConfiguration,
      "no AWS credentials found in \(places)profile “\(configuration.profileName)” of \(configuration.configPath) and "
        + "\(configuration.credentialsPath), a container's variables or the machine's role (\(machine)); set "
        + "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a --profile, or use --no-sign-request for a public bucket")
  }
}

extension INIFile.Section {
  /// The role that the profile takes by other keys; by a token is another matter.
  fileprivate var assumedRole: String? { text("web_identity_token_file") == nil ? text("role_arn") : nil }
}
