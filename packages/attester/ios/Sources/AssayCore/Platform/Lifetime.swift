/// The life of one client: nothing that waits here waits longer.
@AssayActor
final class Lifetime {
  private let timers: any Timers
  private var hasEnded = false
  private var waiting: [Int: @AssayActor () -> Void] = [:]
  private var nextID = 0

  nonisolated init(timers: any Timers) {
    self.timers = timers
  }

  func end() {
    hasEnded = true
    for stop in waiting.values { stop() }
  }

  /// - Throws: ``AssayError`` with `closed`
  func check() throws {
    if hasEnded { throw AssayError(.closed) }
  }

  /// Takes the answer of `work`, unless the time is over before. Work that does not heed its cancellation is left behind.
  ///
  /// - Throws: ``AssayError`` with `timeout` or `closed`; whatever `work` throws
  func within<T: Sendable>(_ milliseconds: Double, _ work: @escaping @Sendable () async throws -> T) async throws -> T {
    try await race(milliseconds, late: { throw AssayError(.timeout) }, work)
  }

  /// - Throws: ``AssayError`` with `closed`
  func sleep(_ milliseconds: Double) async throws {
    try await race(milliseconds, late: {}, nil)
  }

  private func race<T: Sendable>(
    _ milliseconds: Double, late: @escaping @Sendable () throws -> T, _ work: (@Sendable () async throws -> T)?
  ) async throws -> T {
    try check()
    nextID += 1
    let id = nextID
    defer { waiting[id] = nil }
    let race = Race<T>()
    return try await withCheckedThrowingContinuation { continuation in
      race.continuation = continuation
      waiting[id] = { race.settle(.failure(AssayError(.closed))) }
      race.timer = timers.schedule(after: milliseconds) { await race.settle(Result(catching: late)) }
      guard let work else { return }
      race.task = Task {
        do {
          race.settle(.success(try await work()))
        } catch {
          race.settle(.failure(error))
        }
      }
    }
  }
}

/// Whoever comes first decides.
@AssayActor
private final class Race<T: Sendable> {
  var continuation: CheckedContinuation<T, any Error>?
  var timer: (any Scheduled)?
  var task: Task<Void, Never>?

  func settle(_ result: Result<T, any Error>) {
    guard let continuation else { return }
    self.continuation = nil
    timer?.cancel()
    task?.cancel()
    continuation.resume(with: result)
  }
}
