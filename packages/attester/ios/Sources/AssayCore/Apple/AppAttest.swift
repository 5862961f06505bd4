/// The part of `DCAppAttestService` that the SDK needs. Its functions throw ``PlatformError`` with Apple's own domain
/// and code.
public protocol AppAttestService: Sendable {
  /// `false` in the simulator, and on devices without a Secure Enclave. It means nothing in an extension: see
  /// ``MainBundle/placeWithoutAppAttest(_:)``.
  var isSupported: Bool { get }
  /// Makes a key and returns its name: base64 of 32 bytes.
  func generateKey() async throws -> String
  /// Attests a key, once in its lifetime, over a 32-byte hash: the attestation object (CBOR).
  func attest(_ key: String, clientDataHash: Bytes) async throws -> Bytes
  /// An assertion by an attested key over a hash of 32 bytes (CBOR). Each one raises the counter of the key.
  func assert(_ key: String, clientDataHash: Bytes) async throws -> Bytes
}

/// App Attest is not supported where this process runs, so that it has nothing to give to a service that asks for it. It is the ``AssayError/cause``
/// of `evidence_failed`.
public struct AppAttestUnsupported: Error, Sendable, Equatable {
  /// `simulator`, `mac` or `device`, where the system says so; for an extension its extension point without `com.apple.`, such as
  /// `share-services`.
  public let place: String
}

/// Where App Attest is not supported.
public struct PlaceWithoutAppAttest: Sendable {
  let name: String
  let isShared: Bool

  /// - Parameters:
  ///   - name: see ``AppAttestUnsupported/place``
  ///   - isShared: whether the installation is that of an app, which attests
  public init(_ name: String, isShared: Bool = false) {
    self.name = name
    self.isShared = isShared
  }
}

/// Evidence by App Attest: an attestation of a new key at each enrolment, an assertion of that key at each refresh.
///
/// Lost keys (the app was reinstalled, or restored to another device) are replaced by one enrolment. A fault of Apple's
/// servers never wastes a pending key: it is kept, and attested at the next attempt.
///
/// Where App Attest is not supported, no key is made. The first enrolment of the process fails by ``AppAttestUnsupported``, and the service hears of
/// it with the next, which goes without: its policy decides. An installation that an app attests always fails so.
public struct AppAttestSource: EvidenceSource {
  private let service: any AppAttestService
  private let store: any SecretStore
  private let crypto: any Cryptography
  private let place: PlaceWithoutAppAttest?
  private let device: String
  private let told = Told()
  public let makesKey = true

  private static let fresh = "app-attest-new"
  private static let attested = "app-attest"
  /// `DCError` of DeviceCheck.
  private static let domain = "com.apple.devicecheck.error"
  private static let invalidKey = 3
  private static let serverUnavailable = 4

  /// - Parameters:
  ///   - store: keeps the names of the keys
  ///   - place: where it is not asked, whether or not it calls itself supported
  ///   - device: names what this runs on, should it say that it is not supported
  public init(
    _ service: any AppAttestService, _ store: any SecretStore, _ crypto: any Cryptography,
    notIn place: PlaceWithoutAppAttest? = nil, device: String = "device"
  ) {
    self.place = place
    self.device = device
    self.service = service
    self.store = store
    self.crypto = crypto
  }

  public func prepare(_ purpose: EvidencePurpose) async throws -> PreparedEvidence? {
    if let place = place ?? (service.isSupported ? nil : PlaceWithoutAppAttest(device)) {
      // Such an installation was enrolled without; its refresh needs none.
      guard place.isShared || purpose == .enrolment else { return nil }
      guard await told.isFirst() || place.isShared else { return nil }
      throw AppAttestUnsupported(place: place.name)
    }
    switch purpose {
    case .enrolment:
      let key = try await newKey()
      return PreparedEvidence(format: "apple-app-attest") { try await attest(key, $0, canReplace: true) }
    case .refresh:
      guard let key = try store.text(Self.attested) else {
        throw PlatformError(domain: Self.domain, code: Self.invalidKey)
      }
      return PreparedEvidence(format: "apple-app-attest-assertion") { try await assert(key, $0) }
    }
  }

  /// The key that was made but not attested yet, or a new one.
  private func newKey() async throws -> String {
    if let kept = try store.text(Self.fresh) { return kept }
    let made = try await service.generateKey()
    try store.write(Array(made.utf8), Self.fresh)
    return made
  }

  private func attest(_ key: String, _ binding: String, canReplace: Bool) async throws -> [JSON.Member] {
    do {
      let object = try await service.attest(key, clientDataHash: hash(binding))
      try store.write(Array(key.utf8), Self.attested)
      try store.delete(Self.fresh)
      return [
        .init("key_id", .text(Base64url.encode(try Self.identifier(key)))), .init("attestation", .text(Base64url.encode(object))),
      ]
    } catch let error as PlatformError {
      // Apple's rule: try again with the same key if its servers cannot be reached; discard the key after any other
      // fault.
      guard error.domain == Self.domain, error.code != Self.serverUnavailable else { throw error }
      try store.delete(Self.fresh)
      guard canReplace, error.code == Self.invalidKey else { throw error }
      return try await attest(try await newKey(), binding, canReplace: false)
    }
  }

  private func assert(_ key: String, _ binding: String) async throws -> [JSON.Member] {
    do {
      let object = try await service.assert(key, clientDataHash: hash(binding))
      return [.init("assertion", .text(Base64url.encode(object)))]
    } catch let error as PlatformError where error.domain == Self.domain && error.code == Self.invalidKey {
      try store.delete(Self.attested)
      throw error
    }
  }

  /// What the system gets: SHA-256 of the binding's characters.
  private func hash(_ binding: String) -> Bytes {
    crypto.sha256(Array(binding.utf8))
  }

  /// The bytes of a key's name, which is base64 with padding.
  private static func identifier(_ key: String) throws -> Bytes {
    var bytes = Array(key.utf8)
    while bytes.last == UInt8(ascii: "=") { bytes.removeLast() }
    for index in bytes.indices {
      if bytes[index] == UInt8(ascii: "+") { bytes[index] = UInt8(ascii: "-") }
      if bytes[index] == UInt8(ascii: "/") { bytes[index] = UInt8(ascii: "_") }
    }
    guard let name = Base64url.decode(bytes.text(0..<bytes.count)), name.count == 32 else {
      throw PlatformError(domain: domain, code: invalidKey)
    }
    return name
  }
}

/// Whether the app has been told that App Attest is not supported.
@AssayActor
private final class Told {
  private var isTold = false

  nonisolated init() {}

  func isFirst() -> Bool {
    defer { isTold = true }
    return !isTold
  }
}
