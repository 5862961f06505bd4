/// A lock that the system releases when a process ends, however it ends.
public protocol ProcessLock: Sendable {
  /// Whether it is held now. Throws if the file cannot be made.
  func tryAcquire() throws -> Bool
  /// Releases the lock. Does nothing without one.
  func release()
}

/// Tokens and requests under way in the keychain, and one exchange at a time among the processes of an installation.
///
/// A process that the system suspends keeps its lock. A process that has waited as long as an exchange may last goes on
/// without it: at worst two assertions cross, and the later one enrols again.
public struct DeviceSharedState: SharedState {
  private let store: any SecretStore
  private let makeLock: @Sendable () -> any ProcessLock
  private let sleep: @Sendable (_ milliseconds: Double) async -> Void

  private static let between = 20.0
  private static let longest = 15_000.0

  /// - Parameter makeLock: makes a separate lock for each turn
  public init(
    _ store: any SecretStore, sleep: @escaping @Sendable (Double) async -> Void,
    makeLock: @escaping @Sendable () -> any ProcessLock
  ) {
    self.store = store
    self.sleep = sleep
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
