import Records
import Toolkit

/// Lists a bucket by the AWS CLI, `aws s3api list-objects-v2`.
package struct AWSCLIListing: ObjectSource {
  private let location: S3Location
  private let source: Source
  private let options: [String]

  /// - Parameter options: what the CLI is told beside bucket and prefix, such as `--endpoint-url` and a URL.
  package init(_ location: S3Location, options: [String]) {
    self.location = location
    source = Source(location.uri)
    self.options = options
  }

  /// As JSON the CLI writes nothing before it has all of the list in memory. As text it writes each page as it comes; and
  /// `to_string` makes of each object a line of JSON, in ASCII, so that nothing depends on the locale.
  private var arguments: [String] {
    ["s3api", "list-objects-v2", "--bucket=\(location.bucket)", "--prefix=\(location.prefix)"] + options
      + ["--output=text", "--query=not_null(Contents, `[]`)[].[to_string(@)]"]
  }

  /// Lists all objects below the prefix. What cannot be listed is reported.
  package func list(to listing: Listing) throws(Failure) {
    let run = listing.run
    let lines = ObjectLines(listing.selection)
    // It would ask questions where a user has said so.
    let program = ProgramListing(
      program: "aws", arguments: arguments, environment: ["AWS_CLI_AUTO_PROMPT": "off", "PYTHONUTF8": "1"])
    let messages = AWSCLIMessages(run)
    let outcome = try program.run(
      to: listing, onMessage: { messages.pass($0) },
      onLine: { line, chunk throws(BadRecord) in
        guard !line.isEmpty else { return .other }
        try append(try JSONValue(parsing: line), lines, to: chunk)
        return .object
      })
    // Its exit status alone tells whether the list is whole.
    try outcome?.report("aws", source.uri, isWhole: true, run: run) { messages.meaning(ofStatus: $0) }
  }

  private func append(_ value: JSONValue, _ lines: ObjectLines, to chunk: Chunk) throws(BadRecord) {
    guard let name = value["Key"]?.string else { throw BadRecord("no Key") }
    let rootLength = location.prefix.utf8.count
    lend(name) { name in
      // The key that is the root itself is the mark that consoles set for a folder.
      guard name.count > rootLength else { return }
      let key = name.slice(rootLength, name.count)
      guard let media = lines.media(ofWanted: key) else { return }
      lend(ifAny: value["ETag"]?.string) { etag in
        lend(ifAny: value["StorageClass"]?.string) { storageClass in
          var object = StoredObject(key: key)
          object.size = value["Size"]?.integer
          object.modified = value["LastModified"]?.string.flatMap { lend($0) { Timestamp($0) } }
          object.etag = etag?.unquoted
          object.storageClass = storageClass
          lines.append(object, media, source, to: chunk)
        }
      }
    }
  }
}

/// What the CLI says, passed on word for word.
private final class AWSCLIMessages {
  private let run: Run
  private var tellOfAnswer = false
  private var lackCredentials = false

  init(_ run: Run) { self.run = run }

  func pass(_ message: String) {
    if message.contains("An error occurred (") { tellOfAnswer = true }
    if message.contains("Unable to locate credentials") { lackCredentials = true }
    run.console.error("aws: \(message)")
  }

  /// Version 2 of the CLI has numbers for what went wrong, version 1 ends with 255 whatever it was.
  func meaning(ofStatus status: Int32) -> ExitStatus {
    if status == 253 || lackCredentials { return .badConfiguration }
    return status == 254 || tellOfAnswer ? .noInput : .unavailable
  }
}
