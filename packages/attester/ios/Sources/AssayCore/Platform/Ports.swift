/// What the SDK needs from the system. `Assay` fills it in on Apple's platforms; all decisions are made on this side.
public final class Ports: Sendable {
  /// Tells the time.
  public let clock: any DeviceClock
  /// Calls back later.
  public let timers: any Timers
  /// Reaches the service.
  public let transport: any Transport
  /// Hashes, and gives random bytes.
  public let cryptography: any Cryptography
  /// Keeps the installation key.
  public let keyStore: any KeyStore
  /// Keeps tokens and requests across restarts.
  public let shared: any SharedState
  /// Vouch for the app, in this order.
  public let evidence: [any EvidenceSource]
  /// Opens the app’s own code.
  public let image: any ImageOpener
  /// All probes that may be asked, each name once.
  public let probes: [Probe]

  /// Ports over a system, or over its substitute in a test.
  public init(
    clock: any DeviceClock, timers: any Timers, transport: any Transport, cryptography: any Cryptography,
    keyStore: any KeyStore, shared: any SharedState, evidence: [any EvidenceSource], image: any ImageOpener,
    probes: [Probe]
  ) {
    self.clock = clock
    self.timers = timers
    self.transport = transport
    self.cryptography = cryptography
    self.keyStore = keyStore
    self.shared = shared
    self.evidence = evidence
    self.image = image
    self.probes = probes
  }
}

/// The clocks of the device.
public protocol DeviceClock: Sendable {
  /// Milliseconds from some start, never set back. It should go on while the device sleeps.
  func monotonic() -> Double
  /// Milliseconds since 1970 by the clock of the device, right or wrong.
  func wall() -> Double
}

/// A scheduled action.
public protocol Scheduled: Sendable {
  /// Has no effect once the action has begun.
  func cancel()
}

/// Sets timers.
public protocol Timers: Sendable {
  /// Calls `action` once after `milliseconds`, unless it is cancelled before.
  func schedule(after milliseconds: Double, _ action: @escaping @Sendable () async -> Void) -> any Scheduled
}

/// The answer of the service or an API, as far as the SDK looks at it.
public struct Answer: Sendable {
  /// Status code of HTTP.
  public let status: Int
  /// The value of a header field, whatever the case of its name; several with one name are joined by commas.
  public let header: @Sendable (_ name: String) -> String?
  /// The body, as far as the SDK needs it; empty otherwise.
  public let body: Bytes

  /// - Parameter header: the value of a field, whatever the case of its name
  public init(status: Int, header: @escaping @Sendable (String) -> String?, body: Bytes) {
    self.status = status
    self.header = header
    self.body = body
  }
}

/// HTTP to the attestation service.
public protocol Transport: Sendable {
  /// POSTs JSON, follows no redirect, keeps and sends no cookies, and caches nothing. Throws if there is no answer.
  func post(_ body: Bytes, to url: String) async throws -> Answer
}

/// The installation key: P-256, made on the device and kept as well as it allows.
public protocol InstallationKey: Sendable {
  /// The public key, which tokens name.
  var publicKey: PublicKey { get }
  /// ES256 over `data`: 64 bytes, r then s.
  func sign(_ data: Bytes) async throws -> Bytes
}

/// Keeps one installation key across restarts of the app, and whether the service has issued a token for it.
public protocol KeyStore: Sendable {
  /// The key; made and kept if there is none yet.
  func open() async throws -> any InstallationKey
  /// Discards the key, makes another and keeps it. Called if the current one cannot be opened or cannot sign.
  func renew() async throws -> any InstallationKey
  /// `false` if unknown.
  func hasEnrolled(_ key: any InstallationKey) async -> Bool
  /// Records that the service has issued a token for the key. A failure is not reported: it costs one enrolment.
  func keepEnrolled(_ key: any InstallationKey) async
}

/// What the processes of one installation share, by storage name.
public enum SharedEntry: String, Sendable, CaseIterable {
  /// The result of an exchange.
  case tokens
  /// A request that was sent but not answered yet.
  case pending
}

/// What the processes of one installation share: an app and its extensions, or an app before and after a restart. A failing
/// store is treated as an empty one.
public protocol SharedState: Sendable {
  /// The stored value, or `nil`.
  func load(_ entry: SharedEntry) async throws -> Bytes?
  /// - Parameter value: `nil` removes the entry
  func save(_ value: Bytes?, _ entry: SharedEntry) async throws
  /// Runs `work` while no other process of this installation runs any.
  func exclusively<T: Sendable>(_ work: @Sendable () async throws -> T) async throws -> T
}

/// Opens readers of the app's own code.
public protocol ImageOpener: Sendable {
  /// The files of the bundle.
  func main() throws -> any CodeImage
  /// The text sections in memory; `nil` if they cannot be reached.
  func text() -> (any CodeImage)?
}

/// A named question about the environment. Only policy decides whether an answer is acceptable, never the probe.
public struct Probe: Sendable {
  /// 1 to 64 lower-case letters, digits, `.`, `_` and `-`, starting with a letter or digit.
  public let name: String
  /// Runs the probe. If it throws, the answer is `!threw`; if it takes longer than 2 s, `!late`.
  public let ask: @Sendable () async throws -> ProbeAnswer

  /// - Parameter name: see ``name``
  public init(_ name: String, ask: @escaping @Sendable () async throws -> ProbeAnswer) {
    self.name = name
    self.ask = ask
  }
}
