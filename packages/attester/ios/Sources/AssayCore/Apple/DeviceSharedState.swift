/// A lock that the system releases when a process ends, however it ends.
public protocol ProcessLock: Sendable {
  /// Whether it is held now. Throws if the file cannot be made, and after ``release()``.
  func tryAcquire() throws -> Bool
  /// Releases the lock for good. Does nothing without one.
  func release()
}

/// Time in which the system does not suspend the process. iOS ends a process that is suspended while it holds a lock in the
/// folder of an app group (`0xdead10cc`).
public protocol RunningTime: Sendable {
  /// Asks for time. `false`: there is none, the process is about to be suspended.
  ///
  /// - Parameter expire: called if the time ends before ``end()``; the process is suspended when it returns
  func begin(_ expire: @escaping @Sendable () -> Void) async -> Bool
  /// Gives the rest back.
  func end()
}

/// Tokens and requests under way in the keychain, and one exchange at a time among the processes of an installation.
///
/// The lock is held only while the system lets the process run: before it suspends the process, the lock is released. A process that has waited as long as an exchange may last goes on
/// without it: at worst two assertions cross, and the later one enrols again.
public struct DeviceSharedState: SharedState {
  private let store: any SecretStore
  private let makeLock: @Sendable () -> any ProcessLock
  private let makeTime: @Sendable () -> any RunningTime
  private let sleep: @Sendable (_ milliseconds: Double) async -> Void

  private static let between = 20.0
  private static let longest = 15_000.0

  /// - Parameters:
  ///   - makeTime: asks for time for each turn
  ///   - makeLock: makes a separate lock for each turn
  public init(
    _ store: any SecretStore, sleep: @escaping @Sendable (Double) async -> Void,
    makeTime: @escaping @Sendable () -> any RunningTime, makeLock: @escaping @Sendable () -> any ProcessLock
  ) {
    self.store = store
    self.sleep = sleep
    self.makeTime = makeTime
    self.makeLock = makeLock
  }

  public func load(_ entry: SharedEntry) async throws -> Bytes? {
    try store.read(entry.rawValue)
  }

  public func save(_ value: Bytes?, _ entry: SharedEntry) async throws {
    guard let value else { return try store.delete(entry.rawValue) }
    try store.write(value, entry.rawValue)
  }

  public func exclusively<T: Sendable>(_ work: @Sendable () async throws -> T) async throws -> T {
    let lock = makeLock()
    let time = makeTime()
    // Without time no lock: whoever waits for it would wait for a suspended process.
    guard await time.begin({ lock.release() }) else { return try await work() }
    defer { time.end() }
    var waited = 0.0
    // If no lock is available at all, tokens are still shared, but two processes may each make an exchange.
    while (try? lock.tryAcquire()) == false, waited < Self.longest {
      await sleep(Self.between)
      waited += Self.between
    }
    defer { lock.release() }
    return try await work()
  }
}
