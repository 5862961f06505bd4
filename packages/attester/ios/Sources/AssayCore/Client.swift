/// A token for one audience.
public struct AssayToken: Sendable {
  /// The audience that it is for.
  public let audience: String
  /// For the field `OAuth-Client-Attestation`, or for `Authorization` if it has a ``tokenType``. In bound mode it is useless without a proof.
  public let token: String
  /// The scheme in `Authorization`, if the API takes tokens of the kind `access`.
  public let tokenType: TokenType?
  /// Seconds for which it may still be sent; the client gets another before that.
  public let expiresIn: Int
  /// Identifies the exchange to the operator.
  public let trace: String
}

/// The SDK over ports: everything that it does, on any platform.
@AssayActor
public final class AssayClient {
  private let configuration: CheckedConfiguration
  private let lifetime: Lifetime
  private let events: Events
  private let exchange: Exchange
  private let tokens: TokenSource
  private let authorizer: Authorizer
  private let requests: ProtectedRequests
  private let log: DebugLog
  private var hasClosed = false

  /// - Throws: ``AssayMisuse`` naming the option that is missing or wrong
  public nonisolated init(_ given: AssayConfiguration, _ ports: Ports) throws {
    configuration = try CheckedConfiguration(given)
    lifetime = Lifetime(timers: ports.timers)
    log = DebugLog(ports.clock)
    events = Events(log)
    let connection = Connection(configuration, ports, lifetime)
    exchange = try Exchange(configuration, ports, connection: connection, events: events, lifetime: lifetime)
    tokens = TokenSource(configuration, ports, exchange: exchange, events: events, lifetime: lifetime)
    authorizer = Authorizer(ports, tokens, given.proof)
    requests = ProtectedRequests(configuration, ports.clock, authorizer)
  }

  /// A valid token, from memory or by an exchange that all callers share.
  ///
  /// - Parameters:
  ///   - audience: may be left out if the configuration names only one
  ///   - forceRefresh: by an exchange even if a valid token is available, and an error if that fails
  /// - Throws: ``AssayError`` when no token is available; ``AssayMisuse`` for another audience; `CancellationError` if
  ///   the task is cancelled while it waits
  public func token(for audience: String? = nil, forceRefresh: Bool = false) async throws -> AssayToken {
    let all = configuration.audiences
    guard let wanted = audience ?? (all.count == 1 ? all[0] : nil), all.has(wanted) else {
      throw AssayMisuse("audience")
    }
    let held = try await tokens.get(wanted, forceRefresh ? .another : .any)
    return AssayToken(
      audience: wanted, token: held.token.token, tokenType: held.token.type, expiresIn: Int(held.left / 1000), trace: held.grant.trace)
  }

  /// Gets tokens for all audiences, so that the first request need not wait.
  ///
  /// - Throws: ``AssayError``
  public func prefetch() async throws {
    _ = try await tokens.get(configuration.audiences[0], .any)
  }

  /// Token and proof for one request. Each request needs its own.
  ///
  /// - Throws: ``AssayError``; ``AssayMisuse`` for a URL that is not that of a protected API
  public func proof(for request: ProofRequest) async throws -> ProofFields {
    let (address, audience) = try protected(request)
    return try await authorizer.authorize(audience, address, request)
  }

  /// The fields of one request, for a client that follows no redirect: token and proof or, where the configuration says so and there
  /// is no token, `Assay-Status`.
  ///
  /// - Parameter unwanted: a token that the API refused, so that another is needed
  /// - Throws: ``AssayError``; ``AssayMisuse`` for a URL that is not that of a protected API
  public func fields(for request: ProofRequest, otherThan unwanted: String? = nil) async throws -> [(name: String, value: String)] {
    let (address, audience) = try protected(request)
    return try await requests.fields(request, audience, address, unwanted: unwanted).all
  }

  /// What the app calls its user, for support; `nil` for none. The next exchange carries it, and none is made for it. Operators choose
  /// whether the service keeps it, and nobody is judged by it.
  ///
  /// - Parameter text: 1 to 128 bytes of UTF-8, without control characters
  /// - Throws: ``AssayMisuse`` for another text
  public func setReference(_ text: String?) throws {
    guard text.map(isReference) ?? true else { throw AssayMisuse("reference") }
    exchange.reference = text
  }

  /// What the tokens are for, each once.
  public nonisolated var audiences: [String] { configuration.audiences }

  /// Those of ``audiences`` that are authorization servers.
  public nonisolated var authorizationServers: [String] { configuration.given.authorizationServers }

  /// The audience of the protected API that a URL belongs to. A URL that is not in normal form belongs to the API that
  /// a system may send it to: requests for it are refused rather than sent without a token.
  public nonisolated func audience(of url: String) -> String? {
    WebAddress(repairing: url).flatMap(configuration.protectedURLs.audience)
  }

  /// Whether a URL is that of a protected API.
  public nonisolated func protects(_ url: String) -> Bool {
    audience(of: url) != nil
  }

  private func protected(_ request: ProofRequest) throws -> (WebAddress, String) {
    guard let address = WebAddress(request.url), let audience = configuration.protectedURLs.audience(of: address) else {
      throw AssayMisuse("url")
    }
    return (address, audience)
  }

  /// Sends a request to a protected API, once more if it wants a nonce or another token, unless its body can be sent only once.
  ///
  /// - Parameter send: sends the request with these fields added, follows no redirect, and returns the answer
  /// - Throws: ``AssayError``; ``AssayMisuse`` for another URL; whatever `send` throws
  public func perform<T: Sendable>(
    _ request: ProofRequest, canRepeat: Bool,
    _ send: @Sendable ([(name: String, value: String)]) async throws -> (Answer, T)
  ) async throws -> T {
    let (address, audience) = try protected(request)
    return try await requests.perform(request, audience, address, canRepeat: canRepeat, send)
  }

  /// Keeps the nonce that an answer to ``proof(for:)`` brought.
  public func learn(from url: String, _ header: (String) -> String?) {
    if let address = WebAddress(repairing: url) { authorizer.learn(address, header) }
  }

  /// All events from now on.
  public func eventStream() -> AsyncStream<AssayEvent> {
    events.stream()
  }

  /// The current state, and each state that follows an event.
  public func stateStream() -> AsyncStream<AssayState> {
    let (states, continuation) = AsyncStream.makeStream(of: AssayState.self, bufferingPolicy: .bufferingNewest(8))
    let changes = events.stream()
    var last = state
    continuation.yield(last)
    let task = Task { [weak self] in
      for await _ in changes {
        guard let state = self?.state else { break }
        if state != last { continuation.yield(state) }
        last = state
      }
      if last != .closed, self?.state == .closed { continuation.yield(.closed) }
      continuation.finish()
    }
    continuation.onTermination = { _ in task.cancel() }
    return states
  }

  /// The current state.
  public var state: AssayState {
    hasClosed ? .closed : tokens.state
  }

  /// Recent events, safe to paste: codes, traces and durations; no token, key, challenge or evidence.
  public var debugLog: String {
    log.text(configuration, state)
  }

  /// The network is back or the app came to the foreground: a refresh that is due is made at once.
  public func wake() {
    guard !hasClosed else { return }
    tokens.wake()
  }

  /// Discards key, tokens and nonces. The next use creates a new installation, and so does an exchange that is under
  /// way.
  ///
  /// - Throws: ``AssayError`` with `keyStoreFailed`
  public func reset() async throws {
    authorizer.forget()
    try await tokens.reset()
  }

  /// Ends background work and everything that is waiting; each later call fails with `closed`.
  public func close() {
    hasClosed = true
    lifetime.end()
    tokens.end()
    events.end()
  }
}
