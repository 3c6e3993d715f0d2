import Records
import Toolkit

/// Lists one of the stores that rclone knows, by `rclone lsjson`.
package struct RcloneListing: ObjectSource {
  private let remote: RcloneRemote

  /// - Parameter remote: `REMOTE:PATH`, as rclone takes it.
  package init(remote: String) throws(Failure) {
    guard let parsed = RcloneRemote(remote) else {
      throw Failure(.usage, "rclone:\(remote): this is not REMOTE:PATH")
    }
    self.remote = parsed
  }

  /// What is the same for each listing.
  ///
  /// `--use-server-modtime`: rclone keeps the time of a file that it uploads in the metadata of the object, which some
  /// stores (S3, Swift) tell only when asked for each object alone, a request for each. The time of the upload stands in
  /// the list itself, and is what other clients show.
  ///
  /// `--ask-password`: there is nobody to ask.
  private static let arguments = [
    "lsjson", "--recursive", "--files-only", "--no-mimetype", "--use-server-modtime", "--ask-password=false", "--",
  ]

  /// Lists all objects below the remote. What cannot be listed is reported.
  package func list(to listing: Listing) throws(Failure) {
    let source = remote.source
    let run = listing.run
    let messages = RcloneMessages(run)
    let lines = RcloneLines(remote, listing.selection)
    let program = ProgramListing(program: "rclone", arguments: Self.arguments + [remote.argument(asDirectory: true)])
    let outcome = try program.run(
      to: listing, onMessage: { messages.pass($0) },
      onLine: { line, chunk throws(BadRecord) in
        let kind = try lines.append(line, to: chunk)
        if let name = lines.takeBrokenPath() {
          run.fail("cannot list \(name) in \(source): its name is not UTF-8, which rclone cannot write")
        }
        return kind
      })
    guard let outcome else { return }
    if outcome.ending == .exited(status: 0), lines.holdsOnlyObject {
      try checkIsDirectory()
      let chunk = Chunk()
      lines.appendHeld(to: chunk)
      try listing.write(chunk)
    }
    try outcome.report("rclone", source, isWhole: lines.isWhole, run: run) { status in
      // 3 and 4: there is no such directory or file.
      status == 3 || status == 4 || messages.sayRemoteIsUnknown ? .noInput : .unavailable
    }
  }

  /// A path that names a file is listed by rclone as if it were a directory that holds a file of the same name.
  private func checkIsDirectory() throws(Failure) {
    let arguments = ["lsjson", "--stat", "--ask-password=false", "--", remote.argument(asDirectory: false)]
    let answer = try ProgramResult.of("rclone", arguments)
    let value = answer.output.withUnsafeBytes { try? JSONValue(parsing: $0) }
    if value?["IsDir"] == .boolean(false) { throw Failure(.noInput, "cannot open \(remote.source): it is a file") }
  }
}

/// What rclone says, passed on word for word.
private final class RcloneMessages {
  private let run: Run
  private(set) var sayRemoteIsUnknown = false

  init(_ run: Run) { self.run = run }

  func pass(_ message: String) {
    if message.contains("didn't find section in config file") { sayRemoteIsUnknown = true }
    let text = "rclone: \(message)"
    if message.contains(" ERROR : ") {
      // Whatever it was, the listing may lack something, though rclone may still end well.
      run.fail(text)
    } else if [" NOTICE: ", " INFO  : ", " DEBUG : "].contains(where: { message.contains($0) }) {
      run.console.note(text)
    } else {
      run.console.error(text)
    }
  }
}
