/// The lifetime of one client: nothing that waits here outlasts it.
@AssayActor
final class Lifetime {
  private let timers: any Timers
  private var hasEnded = false
  private var waiting: [Race] = []

  nonisolated init(timers: any Timers) {
    self.timers = timers
  }

  func end() {
    hasEnded = true
    for race in waiting { race.settle(.failure(AssayError(.closed))) }
  }

  /// - Throws: ``AssayError`` with `closed`
  func check() throws {
    if hasEnded { throw AssayError(.closed) }
  }

  /// Returns the answer of `work`, unless the time is over first. Work that ignores its cancellation is abandoned.
  ///
  /// - Throws: ``AssayError`` with `timeout` or `closed`; whatever `work` throws
  func within(_ milliseconds: Double, _ work: @escaping Work) async throws -> JSON {
    try await race(milliseconds, late: .failure(AssayError(.timeout)), work)
  }

  /// - Throws: ``AssayError`` with `closed`
  func sleep(_ milliseconds: Double) async throws {
    _ = try await race(milliseconds, late: .success(.null), nil)
  }

  private func race(_ milliseconds: Double, late: Result<JSON, any Error>, _ work: Work?) async throws -> JSON {
    try check()
    let race = Race()
    waiting.append(race)
    defer { waiting.removeAll { $0 === race } }
    return try await withCheckedThrowingContinuation { continuation in
      race.continuation = continuation
      race.timer = timers.schedule(after: milliseconds) { await race.settle(late) }
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

/// Work with a time limit. Services and probes answer in JSON; a generic race would be a copy of this code in the app
/// for each type.
typealias Work = @Sendable () async throws -> JSON

/// The first to finish decides.
@AssayActor
private final class Race {
  var continuation: CheckedContinuation<JSON, any Error>?
  var timer: (any Scheduled)?
  var task: Task<Void, Never>?

  nonisolated init() {}

  func settle(_ result: Result<JSON, any Error>) {
    guard let continuation else { return }
    self.continuation = nil
    timer?.cancel()
    task?.cancel()
    continuation.resume(with: result)
  }
}
