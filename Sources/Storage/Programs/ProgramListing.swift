import Records
import Toolkit

/// Lists by a program that writes an object a line, as fast as the reader takes them.
struct ProgramListing {
  enum Line {
    case object
    /// What stands around the objects.
    case other
  }

  struct Outcome {
    var ending: ProgramEnding
    var objects: Int
    /// Why a line, the first such one, could not be understood.
    var badLine: String?
  }

  let program: String
  let arguments: [String]
  var environment: [String: String] = [:]

  /// Runs the program to its end, or to that of the listing: then nil, and it is ended.
  /// - Parameters:
  ///   - onMessage: gets each line of its standard error.
  ///   - onLine: appends what is wanted of a line to the chunk.
  func run(
    to listing: Listing, onMessage: @escaping (String) -> Void, onLine: (Bytes, Chunk) throws(BadRecord) -> Line
  ) throws(Failure) -> Outcome? {
    let child = try ChildProcess(program, arguments, environment: environment, onMessage: onMessage)
    defer { child.terminate() }
    var reader = LineReader()
    let chunk = Chunk()
    var objects = 0
    var badLine: String?
    var isAtEnd = false
    while !listing.isOver {
      while let line = reader.next() {
        do throws(BadRecord) {
          if try onLine(line, chunk) == .object { objects += 1 }
        } catch {
          badLine = badLine ?? error.reason
        }
      }
      try listing.write(chunk)
      chunk.removeAll()
      try listing.pause()
      guard !isAtEnd, !listing.isOver else { break }
      if child.wait(milliseconds: 50) == .output {
        switch reader.fill(from: child.output) {
        case .data, .interrupted: break
        case .end, .failed: isAtEnd = true
        }
      }
    }
    guard isAtEnd, !listing.isOver, let ending = child.waitForEnd() else { return nil }
    return Outcome(ending: ending, objects: objects, badLine: badLine)
  }
}

extension ProgramListing.Outcome {
  /// Reports what is not good: a failure where nothing came, else a part that could not be listed.
  /// - Parameters:
  ///   - isWhole: whether the output had the end that it should have.
  ///   - status: what it means that the program exited with a status other than 0, and nothing came.
  func report(
    _ program: String, _ source: String, isWhole: Bool, run: Run, status: (Int32) -> ExitStatus
  ) throws(Failure) {
    if case .exited(0) = ending {
      if let badLine {
        run.fail("cannot list all of \(source): \(program) wrote what is no object: \(badLine)")
      } else if !isWhole {
        run.fail("cannot list all of \(source): the output of \(program) has no end")
      }
    } else if objects > 0 {
      run.fail("cannot list all of \(source): \(program) \(ending)")
    } else if case .exited(let code) = ending {
      throw Failure(status(code), "cannot list \(source): \(program) \(ending)")
    } else {
      throw Failure(.unavailable, "cannot list \(source): \(program) \(ending)")
    }
  }
}
