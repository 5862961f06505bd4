import AssayCore
import CryptoKit
import Foundation

/// Hashing as the SDK does it. Random bytes may be fixed.
public struct LabCryptography: Cryptography {
  private let source: @Sendable (Int) -> Bytes

  public init(random source: @escaping @Sendable (Int) -> Bytes = { count in (0..<count).map { _ in UInt8.random(in: 0...255) } }) {
    self.source = source
  }

  public func sha256(_ feed: (_ update: (UnsafeRawBufferPointer) -> Void) throws -> Void) rethrows -> Bytes {
    var hash = SHA256()
    try feed { hash.update(bufferPointer: $0) }
    return Bytes(hash.finalize())
  }

  public func hmacSHA256(key: Bytes, _ data: Bytes) -> Bytes {
    Bytes(HMAC<SHA256>.authenticationCode(for: data, using: SymmetricKey(data: key)))
  }

  public func random(_ count: Int) -> Bytes { source(count) }
}

/// An installation key in memory, that may be told to fail.
public struct LabKey: InstallationKey {
  public let publicKey: PublicKey
  private let signing: @Sendable (Bytes) throws -> Bytes

  public init() {
    let key = P256.Signing.PrivateKey()
    self.init(publicKey: PublicKey(raw: Bytes(key.publicKey.rawRepresentation))!) {
      Bytes(try key.signature(for: $0).rawRepresentation)
    }
  }

  public init(publicKey: PublicKey, signing: @escaping @Sendable (Bytes) throws -> Bytes) {
    self.publicKey = publicKey
    self.signing = signing
  }

  public func sign(_ data: Bytes) async throws -> Bytes { try signing(data) }
}

/// Keeps a key as long as the process lives.
public actor LabKeyStore: KeyStore {
  private var key: any InstallationKey
  private var enrolled = false
  private let make: @Sendable () -> any InstallationKey

  public init(_ make: @escaping @Sendable () -> any InstallationKey = { LabKey() }) {
    self.make = make
    key = make()
  }

  public func open() async throws -> any InstallationKey { key }

  public func renew() async throws -> any InstallationKey {
    key = make()
    enrolled = false
    return key
  }

  public func hasEnrolled(_ key: any InstallationKey) async -> Bool {
    enrolled && key.publicKey == self.key.publicKey
  }

  public func keepEnrolled(_ key: any InstallationKey) async { enrolled = true }
}

/// Nothing is shared.
public struct Unshared: SharedState {
  public init() {}
  public func load(_ entry: SharedEntry) async throws -> Bytes? { nil }
  public func save(_ value: Bytes?, _ entry: SharedEntry) async throws {}
  public func exclusively<T: Sendable>(_ work: @Sendable () async throws -> T) async throws -> T { try await work() }
}
