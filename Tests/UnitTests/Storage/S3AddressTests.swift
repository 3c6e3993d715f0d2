import Testing
import Toolkit

@testable import Storage

@Suite struct S3AddressTests {
  private func url(
    _ bucket: String, _ endpoint: String? = nil, _ style: S3Address.Style = .auto, region: String? = nil
  ) throws -> String {
    try S3Address(bucket: bucket, endpoint: endpoint, style: style, region: region).url
  }

  @Test func urls() throws {
    #expect(try url("media") == "https://media.s3.us-east-1.amazonaws.com/")
    #expect(try url("media.example", region: "eu-west-1") == "https://s3.eu-west-1.amazonaws.com/media.example/")
    #expect(try url("Media_1") == "https://s3.us-east-1.amazonaws.com/Media_1/")
    #expect(try url("media", region: "cn-north-1") == "https://media.s3.cn-north-1.amazonaws.com.cn/")
    #expect(try url("media", "http://127.0.0.1:9000") == "http://127.0.0.1:9000/media/")
    #expect(try url("media", "https://acc.r2.cloudflarestorage.com/") == "https://acc.r2.cloudflarestorage.com/media/")
    #expect(try url("media", "http://localhost:9000/s3", .virtual) == "http://media.localhost:9000/s3/")
    #expect(try url("media", nil, .path) == "https://s3.us-east-1.amazonaws.com/media/")
  }

  @Test func configuredHosts() throws {
    func url(_ environment: [String: String], endpoint: String? = nil) throws -> String {
      let configuration = try AWSConfiguration(
        profile: nil, environment: environment.merging(["HOME": "/nonexistent"]) { $1 })
      return try S3Address(bucket: "media", endpoint: endpoint, style: nil, configuration: configuration).url
    }
    #expect(try url(["AWS_REGION": "eu-west-1"]) == "https://media.s3.eu-west-1.amazonaws.com/")
    #expect(try url(["AWS_USE_FIPS_ENDPOINT": "true"]) == "https://media.s3-fips.us-east-1.amazonaws.com/")
    #expect(
      try url(["AWS_USE_DUALSTACK_ENDPOINT": "true"]) == "https://media.s3.dualstack.us-east-1.amazonaws.com/")
    #expect(try url(["AWS_ENDPOINT_URL_S3": "http://a:1"]) == "http://a:1/media/")
    #expect(try url(["AWS_ENDPOINT_URL_S3": "x"], endpoint: "http://b:2/") == "http://b:2/media/")
    #expect(throws: Failure.self) { try url(["AWS_ENDPOINT_URL_S3": "x"]) }
    #expect(throws: Failure.self) { try url([:], endpoint: "https://user:secret@host") }
  }

  @Test(arguments: ["", "a/b", "a b", "a?b", "a#b", "a%b", "a\u{7}b"])
  func refusesBuckets(name: String) {
    #expect(throws: Failure.self) { try url(name) }
  }

  @Test(arguments: ["localhost:9000", "ftp://host", "http://", "http://host/?a=b", "http://host/#x"])
  func refusesEndpoints(endpoint: String) {
    #expect(throws: Failure.self) { try url("media", endpoint) }
  }

  @Test(arguments: ["", "eu/west", "evil.example#", "EU", "a b"])
  func refusesRegions(region: String) {
    #expect(throws: Failure.self) { try url("media", region: region) }
  }

  @Test func locations() {
    #expect(S3Location("s3://media")?.uri == "s3://media/")
    #expect(S3Location("s3://media/")?.uri == "s3://media/")
    #expect(S3Location("S3://media/a b/%41")?.uri == "s3://media/a b/%41/")
    #expect(S3Location("s3://media//a/")?.prefix == "/a/")
    #expect(S3Location("s4://media") == nil)
    #expect(S3Location("/media") == nil)
  }

  @Test func queriesAreCanonical() {
    var query = CanonicalQuery()
    query.add("versions", "")
    query.add("prefix", "a b/é+%~-_.")
    query.add("encoding-type", "url")
    query.add("version-id-marker", [0, 255])
    #expect(query.text == "encoding-type=url&prefix=a%20b%2F%C3%A9%2B%25~-_.&version-id-marker=%00%FF&versions=")
  }

  @Test func remedies() {
    func remedy(_ status: Int, _ code: String, region: String? = nil, isFirst: Bool = true) -> S3Error.Remedy {
      let answer = ListPage.ErrorAnswer(code: code, message: "", region: region)
      return S3Error(answer, status: status, region: nil, usedRegion: "us-east-1", isFirst: isFirst).remedy
    }
    #expect(remedy(503, "SlowDown") == .slowDown)
    #expect(remedy(503, "") == .slowDown)
    #expect(remedy(429, "") == .slowDown)
    #expect(remedy(500, "InternalError") == .retry)
    #expect(remedy(502, "") == .retry)
    #expect(remedy(200, "InternalError") == .retry)
    #expect(remedy(400, "ExpiredToken") == .newKey)
    #expect(remedy(301, "PermanentRedirect", region: "eu-west-1") == .region("eu-west-1"))
    #expect(remedy(301, "PermanentRedirect", region: "us-east-1") == .none)
    #expect(remedy(400, "AuthorizationHeaderMalformed", region: "eu-west-1") == .region("eu-west-1"))
    #expect(remedy(501, "NotImplemented") == .version1)
    #expect(remedy(501, "NotImplemented", isFirst: false) == .none)
    #expect(remedy(403, "AccessDenied") == .none)
    #expect(remedy(404, "NoSuchBucket") == .none)
  }
}
