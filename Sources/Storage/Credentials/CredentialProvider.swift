import Records
import Synchronization
import Toolkit

/// Finds credentials and keeps them fresh, for many threads: one fetches, and the others go on with what still holds.
package final class CredentialProvider: Sendable {
  private let configuration: AWSConfiguration
  private let settings: HTTPSettings
  private let state = Mutex(State())
  /// Held by the one thread that fetches.
  private let fetching = Mutex(())

  /// Milliseconds before their end in which keys are renewed; less where keys do not hold long.
  private static let margin = 5 * 60_000
  /// Milliseconds between attempts to renew keys that still hold.
  private static let retryDelay = 30_000

  private struct State {
    /// Fixed once it has given keys.
    var source: (any CredentialSource)?
    var keys: Credentials?
    /// Nil: never.
    var renewal: Timestamp?
    var isRefused = false
    /// Whether the last fetch gave the key again that was refused.
    var wasConfirmed = false
    var lastFetch: Timestamp?
    /// How many fetches have failed, and how the last one did.
    var failureCount = 0
    var failure: Failure?

    func need(at now: Timestamp) -> Need {
      guard let keys, !isRefused else { return .keys }
      if let expiration = keys.expiration, expiration <= now { return .keys }
      guard let renewal, renewal <= now else { return .nothing(keys.key) }
      return .renewal(keys.key)
    }
  }

  private enum Need {
    case nothing(SigningKey)
    case renewal(SigningKey)
    case keys
  }

  package init(_ configuration: AWSConfiguration, settings: HTTPSettings) {
    self.configuration = configuration
    self.settings = settings
  }

  /// Where the keys come from, for -v: never a secret.
  package var description: String { state.withLock { $0.source?.description } ?? "nowhere yet" }

  /// A key to sign with now. The first call looks for credentials, and blocks while it does; later ones block only when
  /// no key holds any more. Throws `.badConfiguration` where there are no credentials or a source does not give them,
  /// and `.unavailable` where whoever gives them cannot be reached, also because a signal asks to stop.
  package func signingKey() throws(Failure) -> SigningKey {
    let (need, failureCount) = state.withLock { ($0.need(at: .now), $0.failureCount) }
    if case .nothing(let key) = need { return key }
    if case .renewal = need {
      // A failure is no matter as long as the keys hold.
      _ = fetching.withLockIfAvailable { _ in renew() }
      switch state.withLock({ $0.need(at: .now) }) {
      case .nothing(let key), .renewal(let key): return key
      case .keys: break
      }
    }
    return try fetching.withLock { _ throws(Failure) in try firstKey(since: failureCount) }
  }

  /// Says that the store does not take `key` any more (ExpiredToken, InvalidToken): the next `signingKey()` fetches
  /// anew. Where it then gives the same key, the source has no better one; refusing that again is without effect for
  /// half a minute.
  package func refuse(_ key: SigningKey) {
    state.withLock { state in
      guard state.keys?.key == key else { return }
      if let last = state.lastFetch, state.wasConfirmed, Timestamp.now < last.adding(milliseconds: Self.retryDelay) {
        return
      }
      state.isRefused = true
    }
  }

  /// With `fetching` held: what another thread has got meanwhile, or else new keys.
  private func firstKey(since failureCount: Int) throws(Failure) -> SigningKey {
    let (need, failure) = state.withLock { state in
      (state.need(at: .now), state.failureCount == failureCount ? nil : state.failure)
    }
    switch need {
    case .nothing(let key), .renewal(let key): return key
    case .keys: break
    }
    // Who waited in vain does not try again at once.
    if let failure { throw failure }
    do throws(Failure) {
      return try fetch()
    } catch {
      state.withLock { state in
        state.failureCount += 1
        state.failure = error
      }
      throw error
    }
  }

  /// With `fetching` held: tries to get new keys, unless another thread has got some.
  private func renew() {
    let isNeeded = state.withLock { state in
      guard case .renewal = state.need(at: .now), let expiration = state.keys?.expiration else { return false }
      // Set before the attempt: it may fail.
      let left = expiration.milliseconds - Timestamp.now.milliseconds
      state.renewal = Timestamp.now.adding(milliseconds: min(Self.retryDelay, max(left / 4, 100)))
      return true
    }
    if isNeeded { _ = try? fetch() }
  }

  /// With `fetching` held.
  private func fetch() throws(Failure) -> SigningKey {
    let source: any CredentialSource
    let keys: Credentials
    if let known = state.withLock({ $0.source }) {
      source = known
      keys = try known.fetch(settings)
    } else {
      (source, keys) = try CredentialChain(configuration: configuration).find(settings)
    }
    let now = Timestamp.now
    if let expiration = keys.expiration, expiration <= now {
      throw Failure(.badConfiguration, "\(source.description): the keys have expired")
    }
    state.withLock { state in
      state.wasConfirmed = state.isRefused && state.keys?.key == keys.key
      state.source = source
      state.keys = keys
      state.isRefused = false
      state.lastFetch = now
      state.renewal = keys.expiration.map { expiration in
        let lifetime = expiration.milliseconds - now.milliseconds
        return expiration.adding(milliseconds: -min(Self.margin, lifetime / 4))
      }
    }
    return keys.key
  }
}
