import Records
import Toolkit

/// How a bucket is listed.
package struct S3Options: Sendable {
  /// Requests at once, 1 or more.
  package var concurrency = 16
  /// Whether objects are listed in the order of their keys.
  package var isOrdered = false
  /// Whether all versions are listed, not only current ones.
  package var listsVersions = false
  /// Whether the caller agrees to pay for requests.
  package var paysRequests = false
  /// Attempts of a page after the first.
  package var retries = 10
  package var http = HTTPSettings()

  package init() {}
}

/// What all threads that list one bucket know of it.
final class S3Store: Sendable {
  let options: S3Options
  /// Nil: requests are not signed.
  let keys: CredentialProvider?
  private let state: Monitor<State>

  struct State {
    var address: S3Address
    var usesVersion1 = false
    /// Whether the store encodes keys where it is asked to.
    var encodesKeys = true
    /// Whether the store was ever reached.
    var hasAnswered = false
    /// Requests made, and keys that came, wanted or not.
    var requests = 0
    var keys = 0
    /// How many requests may be under way, as the store's refusals have taught.
    fileprivate var allowed: Double
    fileprivate var underWay = 0
    fileprivate var slowedAt = 0
  }

  init(_ address: S3Address, _ options: S3Options, keys: CredentialProvider?) {
    self.options = options
    self.keys = keys
    state = Monitor(State(address: address, allowed: Double(options.concurrency)))
  }

  var current: State { state.locked { $0 } }

  func learn(_ body: (inout State) -> Void) { state.change(body) }

  /// Waits until one more request is allowed.
  func beginRequest() {
    state.wait { state -> Void? in
      guard state.underWay == 0 || Double(state.underWay + 1) <= state.allowed else { return nil }
      state.underWay += 1
      state.requests += 1
      return ()
    }
  }

  /// After a refusal half as many requests are allowed, and after each page a little more again.
  func endRequest(slowedDown: Bool) {
    state.change { state in
      state.underWay -= 1
      if !slowedDown {
        state.allowed = min(state.allowed + 1 / state.allowed, Double(options.concurrency))
      } else if Clock.now - state.slowedAt > 1_000_000 {
        state.slowedAt = Clock.now
        state.allowed = max(1, state.allowed / 2)
      }
    }
  }
}
