/// What events say about tokens: never the tokens themselves.
public struct TokenEvent: Sendable {
  /// Where the tokens came from.
  public enum Source: String, Sendable {
    /// From the service now.
    case exchange
    /// Kept across a restart, or obtained by another process of this installation.
    case shared
  }

  /// Audiences with a token.
  public let audiences: [String]
  /// Seconds until the first of the tokens expires.
  public let expiresIn: Double
  /// Identifies the exchange to the operator.
  public let trace: String
  /// Seconds by which the clock of the device is behind that of the service; negative if it is ahead.
  public let clockOffset: Double
  /// Where they came from.
  public let source: Source
}

/// What happened to the tokens of a client.
public enum AssayEvent: Sendable {
  /// The first tokens of this client.
  case token(TokenEvent)
  /// Tokens that replace earlier ones.
  case refreshed(TokenEvent)
  /// An exchange failed. Existing tokens stay in use while they are valid. `retryIn`: seconds until the next attempt.
  case refreshFailed(AssayError, retryIn: Double)
  /// The service denied the attestation.
  case denied(AssayError)
  /// The installation key could not be used and was replaced.
  case keyRenewed(cause: AssayError)

  /// The name that all SDKs share.
  public var name: String {
    switch self {
    case .token: "token"
    case .refreshed: "refreshed"
    case .refreshFailed: "refresh-failed"
    case .denied: "denied"
    case .keyRenewed: "key-renewed"
    }
  }
}

/// The state of this installation.
public enum AssayState: String, Sendable {
  /// No exchange yet.
  case idle
  /// There are tokens.
  case attested
  /// The last exchange was denied.
  case denied
  /// The last exchange failed, and there is no token that is still valid.
  case failing
  /// The client was closed.
  case closed
}

/// Passes every event to every listener.
@AssayActor
final class Events {
  /// Identifies a listener.
  private final class Listener: Sendable {
    let continuation: AsyncStream<AssayEvent>.Continuation

    init(_ continuation: AsyncStream<AssayEvent>.Continuation) {
      self.continuation = continuation
    }
  }

  private var listeners: [Listener] = []
  private var hasEnded = false
  private let log: DebugLog

  nonisolated init(_ log: DebugLog) {
    self.log = log
  }

  /// All events from now on. A slow listener misses the oldest events beyond 64.
  func stream() -> AsyncStream<AssayEvent> {
    let (stream, continuation) = AsyncStream.makeStream(of: AssayEvent.self, bufferingPolicy: .bufferingNewest(64))
    guard !hasEnded else {
      continuation.finish()
      return stream
    }
    let listener = Listener(continuation)
    listeners.append(listener)
    continuation.onTermination = { _ in Task { @AssayActor in self.listeners.removeAll { $0 === listener } } }
    return stream
  }

  func emit(_ event: AssayEvent) {
    log.add(event)
    for listener in listeners { listener.continuation.yield(event) }
  }

  func end() {
    hasEnded = true
    for listener in listeners { listener.continuation.finish() }
  }
}
