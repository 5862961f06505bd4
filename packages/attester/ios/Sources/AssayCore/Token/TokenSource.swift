/// A token with what its proof needs.
final class Held: Sendable {
  let grant: Grant
  let token: IssuedToken
  /// Milliseconds for which it may still be sent.
  let left: Double

  init(_ grant: Grant, _ token: IssuedToken, left: Double) {
    self.grant = grant
    self.token = token
    self.left = left
  }
}

/// Which tokens will do. If the current one does not, an exchange may give another.
enum Acceptable: Sendable {
  case any
  /// Only one that is obtained for this call.
  case another
  /// Not one that an API refused, or whose key was lost.
  case otherThan(String)

  /// - Parameter token: `nil` for an audience without one. Requesting an audience again that the service left out would
  /// not help.
  func admits(_ token: String?) -> Bool {
    switch self {
    case .any: true
    case .another: false
    case .otherThan(let unwanted): token?.isSame(as: unwanted) != true
    }
  }
}

/// Tokens from memory, or by an exchange that all callers share.
@AssayActor
final class TokenSource {
  private let configuration: CheckedConfiguration
  private let ports: Ports
  private let exchange: Exchange
  private let events: Events
  private let lifetime: Lifetime

  private var grant: Grant?
  /// The waiters of the exchange under way; empty while there is none.
  private var waiting: [Waiter] = []
  private var failures = 0
  private var failed: (until: Double, error: AssayError)?
  /// The last of the denials in a row under one code; malfunctions between them do not count.
  private var refusal: AssayError?
  private var refusals = 0
  private var timer: (any Scheduled)?
  private var lastUse = 0.0
  /// How often everything was discarded. The result of an exchange that began earlier belongs to a lost key.
  private var resets = 0

  nonisolated init(
    _ configuration: CheckedConfiguration, _ ports: Ports, exchange: Exchange, events: Events, lifetime: Lifetime
  ) {
    self.configuration = configuration
    self.ports = ports
    self.exchange = exchange
    self.events = events
    self.lifetime = lifetime
  }

  private var now: Double { ports.clock.monotonic() }

  /// An acceptable token; if no exchange is possible, an unacceptable one is an error.
  ///
  /// - Throws: ``AssayError``
  func get(_ audience: String, _ wanted: Acceptable) async throws -> Held {
    try lifetime.check()
    lastUse = now
    let held = find(audience)
    if held != nil { schedule() }
    var failure: (any Error)?
    if isNeeded(held, wanted) {
      do { try await renew(wanted) } catch { failure = error }
    }
    // A failure reaches every caller that is left without an acceptable token.
    if let found = find(audience), failure == nil || wanted.admits(found.token.token) { return found }
    // The result of the exchange was discarded before this caller's turn.
    if failure == nil, grant == nil { return try await get(audience, wanted) }
    throw failure ?? grant?.denial(of: audience) ?? AssayError(.attestationDenied)
  }

  private func find(_ audience: String) -> Held? {
    guard let grant else { return nil }
    for token in grant.tokens where token.audience.isSame(as: audience) {
      let left = grant.remaining(token, ports.clock)
      return left > 0 ? Held(grant, token, left: left) : nil
    }
    return nil
  }

  private func isNeeded(_ held: Held?, _ wanted: Acceptable) -> Bool {
    guard let grant, wanted.admits(held?.token.token) else { return true }
    // If the service has just left this audience out, asking again would not help.
    return held != nil ? grant.isClockInDoubt(ports.clock) : grant.untilRefresh(ports.clock) <= 0
  }

  /// One exchange at a time: callers that need one while it is under way share it. Callers resume in the order in which
  /// they arrived. It goes on without those whose task is cancelled.
  private func renew(_ wanted: Acceptable) async throws {
    let waiter = Waiter()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        waiter.continuation = continuation
        waiting.append(waiter)
        guard waiting.count == 1 else { return }
        Task {
          let result: Result<Void, any Error>
          do { result = .success(try await attempt(wanted)) } catch { result = .failure(error) }
          let all = waiting
          waiting = []
          for waiter in all { waiter.settle(result) }
        }
      }
    } onCancel: {
      Task { await waiter.settle(.failure(CancellationError())) }
    }
  }

  private func attempt(_ wanted: Acceptable) async throws {
    // A call that forces an exchange: a user has tapped, perhaps as support told them to.
    var isForced = false
    if case .another = wanted { isForced = refusals >= mostRefusals }
    if let failed, now < failed.until, !isForced { throw failed.error }
    let denied = refusals >= mostRefusals && !isForced ? refusal : nil
    do {
      try await ports.shared.exclusively { try await self.outlastResets { try await self.exchangeOrAdopt(wanted, denied) } }
    } catch {
      throw fail(error)
    }
  }

  /// Runs `work` again if a reset came in the meantime, whatever its outcome: that was for the previous key.
  private func outlastResets(_ work: () async throws -> Void) async throws {
    while true {
      let begun = resets
      do { try await work() } catch { if begun == resets { throw error } }
      if begun == resets { return }
      try lifetime.check()
      try? await ports.shared.save(nil, .tokens)
    }
  }

  /// Takes over what another process, or this app before its restart, has obtained, if that is newer; otherwise obtains
  /// it.
  private func exchangeOrAdopt(_ wanted: Acceptable, _ denied: AssayError?) async throws {
    let begun = resets
    let key = try await exchange.openKey()
    let stored = try? await ports.shared.load(.tokens)
    let found = Grant(stored: stored, for: configuration, key: key, clock: ports.clock)
    guard begun == resets else { return }
    if let found, isNews(found, wanted) { return accept(found, .shared) }
    let next = try await exchange.run(key, answered: found?.sentAt, denied: denied)
    try lifetime.check()
    guard begun == resets else { return }
    accept(next, .exchange)
    try? await ports.shared.save(next.stored(for: configuration), .tokens)
    await exchange.finish(next)
  }

  private func isNews(_ found: Grant, _ wanted: Acceptable) -> Bool {
    for one in found.tokens {
      if !wanted.admits(one.token) || found.remaining(one, ports.clock) <= 0 { return false }
      for known in grant?.tokens ?? [] where known.token.isSame(as: one.token) { return false }
    }
    return true
  }

  private func accept(_ next: Grant, _ source: TokenEvent.Source) {
    let event = TokenEvent(
      audiences: next.tokens.map(\.audience), expiresIn: next.shortestLife, trace: next.trace,
      clockOffset: next.offset / 1000, source: source)
    let isFirst = grant == nil
    grant = next
    forgetFailures()
    events.emit(isFirst ? .token(event) : .refreshed(event))
    reschedule()
  }

  private func fail(_ error: any Error) -> any Error {
    // An error of the shared state itself means that it failed to lock, and no exchange was made.
    let error = error as? AssayError ?? AssayError(.keyStoreFailed, cause: error)
    guard error.code != .closed else { return error }
    exchange.gaveUp(error)
    // What the service refuses for good.
    if !error.retryable, let problem = error.problem {
      refusals = refusal?.problem?.isSame(as: problem) == true ? refusals + 1 : 1
      refusal = error
    }
    if refusals < mostRefusals { failures += 1 }
    let chance = ports.chance()
    let wait = refusals < mostRefusals ? backOff(failures: failures, error, chance: chance) : backOffWhileRefused(chance: chance)
    failed = (now + wait, error)
    events.emit(.refreshFailed(error, retryIn: wait / 1000))
    if error.code == .attestationDenied { events.emit(.denied(error)) }
    reschedule()
    return error
  }

  /// Schedules the next background exchange, unless it is scheduled: up to a tenth earlier, so that not all come at
  /// once.
  private func schedule() {
    guard let grant, timer == nil else { return }
    let due = grant.untilRefresh(ports.clock) * (1 - ports.chance() / 10)
    let allowed = (failed?.until ?? 0) - now
    timer = ports.timers.schedule(after: max(due, allowed, 0)) { [weak self] in await self?.refresh() }
  }

  private func refresh() {
    timer = nil
    // An app that requests no token needs none: its next `get` starts again.
    guard now - lastUse <= configuration.given.idleAfter else { return }
    Task { try? await renew(.any) }
  }

  private func reschedule() {
    timer?.cancel()
    timer = nil
    schedule()
  }

  /// The network is back, or the app came to the foreground: the pause after a failure ends, and a refresh that is due
  /// is made.
  func wake() {
    if refusals < mostRefusals, failed?.error.isOffline == true { failed = nil }
    reschedule()
  }

  func end() {
    timer?.cancel()
    timer = nil
  }

  /// Discards tokens and key, also those of an exchange that is under way.
  ///
  /// - Throws: ``AssayError`` with `keyStoreFailed`
  func reset() async throws {
    try lifetime.check()
    forget()
    // Once more at the end: an exchange may have begun with the key before it was discarded.
    defer { forget() }
    for entry in SharedEntry.allCases { try? await ports.shared.save(nil, entry) }
    do { _ = try await ports.keyStore.renew() } catch { throw AssayError.of(error, as: .keyStoreFailed) }
  }

  private func forget() {
    end()
    exchange.forget()
    resets += 1
    grant = nil
    forgetFailures()
  }

  private func forgetFailures() {
    failures = 0
    failed = nil
    refusals = 0
    refusal = nil
  }

  var state: AssayState {
    let isGood = grant?.isGood(ports.clock) ?? false
    if failed?.error.code == .attestationDenied { return .denied }
    return isGood ? .attested : failed == nil ? .idle : .failing
  }
}

/// A caller that waits for an exchange, as long as it waits.
@AssayActor
private final class Waiter {
  var continuation: CheckedContinuation<Void, any Error>?

  nonisolated init() {}

  func settle(_ result: Result<Void, any Error>) {
    continuation?.resume(with: result)
    continuation = nil
  }
}
