import Glibc
import Records
import Toolkit

/// One thread's way to the pages of a listing.
final class S3Pager {
  /// The last page that came.
  let page: ListPage

  private let store: S3Store
  private let prefix: [UInt8]
  private let client: HTTPClient
  private let reader: XMLReader

  /// - Parameter prefix: what all keys begin with.
  init(_ store: S3Store, prefix: [UInt8], page: ListPage) throws(Failure) {
    self.store = store
    self.prefix = prefix
    self.page = page
    client = try HTTPClient(store.options.http)
    reader = XMLReader(page)
  }

  /// Fetches the page of at most `keys` that starts at `start` into `page`, with retries; where the next one starts, nil
  /// where this is the last.
  func fetch(_ start: KeyRange.Start, keys: Int) throws(S3Error) -> KeyRange.Start? {
    var attempts = 0
    var remedies = 0
    while true {
      do throws(S3Error) {
        return try attempt(start, keys)
      } catch {
        switch error.remedy {
        case .none: throw error
        case .retry, .slowDown:
          attempts += 1
          // A store that never was reached will hardly be in a minute.
          let isNowhere = error.isOfTransport && !store.current.hasAnswered
          let limit = isNowhere ? min(2, store.options.retries) : store.options.retries
          guard attempts <= limit, !Signals.isStopping else {
            throw attempts == 1 ? error : S3Error(.none, error.status, "\(error.message) (\(attempts) attempts)")
          }
          pause(attempts, error)
        case .newKey, .region, .version1, .plainKeys:
          remedies += 1
          guard remedies <= 4, remedy(error) else { throw error }
        }
      }
    }
  }

  /// Whether what was wrong could be changed.
  private func remedy(_ error: S3Error) -> Bool {
    switch error.remedy {
    case .region(let region):
      guard (try? AWSPartition(of: region)) != nil else { return false }
      store.learn { $0.address.region = region }
    case .plainKeys: store.learn { $0.encodesKeys = false }
    case .version1:
      guard !store.current.usesVersion1, !store.options.listsVersions else { return false }
      store.learn { $0.usesVersion1 = true }
    case .newKey: return store.keys != nil
    default: return false
    }
    return true
  }

  /// From 0.2 s, twice as long each time, to 20 s; a quarter of it is left to chance.
  private func pause(_ attempts: Int, _ error: S3Error) {
    var milliseconds = min(20_000, 200 << min(attempts - 1, 10))
    milliseconds -= Int.random(in: 0...milliseconds / 4)
    if let seconds = error.retryAfter { milliseconds = max(milliseconds, min(seconds, 60) * 1000) }
    usleep(UInt32(milliseconds * 1000))
  }

  // MARK: - One request

  private func attempt(_ start: KeyRange.Start, _ keys: Int) throws(S3Error) -> KeyRange.Start? {
    let state = store.current
    var key: SigningKey?
    do throws(Failure) { key = try store.keys?.signingKey() } catch {
      throw S3Error(.none, error.status, error.message)
    }
    page.restart()
    page.decodesKeys = state.encodesKeys
    reader.restart()
    store.beginRequest()
    var problem: S3Error?
    do throws(S3Error) { try send(request(query(start, keys, state), state, key), state) } catch {
      problem = error
    }
    store.endRequest(slowedDown: problem?.remedy == .slowDown)
    if let problem {
      if problem.remedy == .newKey, let key { store.keys?.refuse(key) }
      throw problem
    }
    store.learn {
      $0.hasAnswered = true
      $0.keys += page.count
    }
    if state.encodesKeys != page.isEncoded, page.count > 0 {
      guard state.encodesKeys else { throw S3Error(.none, .noInput, "the store encodes keys now and then") }
      throw S3Error(.plainKeys, .noInput, "")
    }
    return try next(start, state)
  }

  private func request(_ query: CanonicalQuery, _ state: S3Store.State, _ key: SigningKey?) -> HTTPRequest {
    var request = HTTPRequest(state.address.url + "?" + query.text)
    if let key {
      request.headers.append("x-amz-content-sha256: UNSIGNED-PAYLOAD")
      request.signature = (key, state.address.region, "s3")
    }
    if store.options.paysRequests { request.headers.append("x-amz-request-payer: requester") }
    return request
  }

  private func query(_ start: KeyRange.Start, _ keys: Int, _ state: S3Store.State) -> CanonicalQuery {
    var query = CanonicalQuery()
    query.add("encoding-type", "url")
    query.add("max-keys", "\(keys)")
    query.add("prefix", prefix)
    if store.options.listsVersions {
      query.add("versions", "")
    } else if !state.usesVersion1 || start.isToken {
      query.add("list-type", "2")
    }
    switch start {
    case .beginning: break
    case .after(let key):
      query.add(store.options.listsVersions ? "key-marker" : state.usesVersion1 ? "marker" : "start-after", key)
    case .token(let token): query.add("continuation-token", token)
    case .version(let key, let id):
      query.add("key-marker", key)
      query.add("version-id-marker", id)
    }
    return query
  }

  /// Sends the request and reads the page.
  private func send(_ request: HTTPRequest, _ state: S3Store.State) throws(S3Error) {
    var isXML = true
    var length = 0
    let status: Int
    do throws(TransportError) {
      status = try client.send(request) { [reader, client] part in
        isXML = isXML && reader.read(part)
        length += part.count
        // What stands behind an error need not be XML, but it must end.
        return isXML || client.status >= 300 && length < XMLReader.longestDocument
      }
    } catch {
      guard !isXML else { throw S3Error(error) }
      guard page.isListing || state.hasAnswered else { throw Self.noListing }
      throw S3Error(.retry, .unavailable, "the store's answer cannot be read: \(reader.problem)")
    }
    if status == 200, isXML, !reader.finish() {
      throw S3Error(.retry, .unavailable, "the store's answer is cut off: \(reader.problem)")
    }
    guard status != 200 || !page.isListing else { return }
    var error = S3Error(
      page.error, status: status, region: client.header("x-amz-bucket-region"), usedRegion: state.address.region,
      isFirst: !state.hasAnswered)
    if status == 200, page.error.code.isEmpty { error = Self.noListing }
    error.retryAfter = client.header("retry-after").flatMap { Int($0) }
    throw error
  }

  private static let noListing = S3Error(.none, .noInput, "the answer is no listing; is this an S3 endpoint?")

  /// Where the next page starts.
  private func next(_ start: KeyRange.Start, _ state: S3Store.State) throws(S3Error) -> KeyRange.Start? {
    guard !page.hasStrangeKeys else {
      throw S3Error(.none, .noInput, "the store lists what it was not asked for; is this an S3 endpoint?")
    }
    guard page.isTruncated else { return nil }
    if store.options.listsVersions { return try nextVersion() }
    // A token with characters that XML does not have is not what the store meant.
    if let token = page.nextToken, !reader.hasReplaced { return .token(token) }
    guard page.count > 0 else { throw S3Error(.none, .noInput, "the store says that there is more, but not where") }
    // A store that knows version 2 would have given a token.
    if page.nextToken == nil, start == .beginning { store.learn { $0.usesVersion1 = true } }
    return .after(Array(page.lastKey))
  }

  /// The store's own marker is in some stores encoded and in others not; the last entry says the same.
  private func nextVersion() throws(S3Error) -> KeyRange.Start {
    let key = page.isUnordered ? page.nextKeyMarker : page.count > 0 ? Array(page.lastKey) : page.nextKeyMarker
    guard let key else { throw S3Error(.none, .noInput, "the store says that there is more, but not where") }
    let version = page.isUnordered || page.count == 0 ? page.nextVersionMarker : page.lastVersion
    guard let version, !version.isEmpty else { return .after(key) }
    return .version(key: key, id: version)
  }
}
