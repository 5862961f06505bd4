/// A P-256 key from the platform: in the Secure Enclave, or in software if there is none.
public struct DeviceKey: InstallationKey {
  /// What holds the private key.
  public enum Keeping: UInt8, Sendable {
    /// As encoded in the first byte of the keychain item.
    case software = 0, secureEnclave = 1
  }

  public let publicKey: PublicKey
  /// What opens the key again: for the Secure Enclave, an opaque value that is useless on another device.
  public let blob: Bytes
  private let signing: @Sendable (Bytes) throws -> Bytes

  /// - Parameter signing: returns r and s, 32 bytes each
  public init(publicKey: PublicKey, blob: Bytes, signing: @escaping @Sendable (Bytes) throws -> Bytes) {
    self.publicKey = publicKey
    self.blob = blob
    self.signing = signing
  }

  public func sign(_ data: Bytes) throws -> Bytes {
    let signature = try onceMore { try signing(data) }
    guard signature.count == 64 else { throw PlatformError(domain: "assay.signature", code: signature.count) }
    return signature
  }
}

/// Runs `work` again if it fails. Whoever uses a key replaces it at the first error, and with it the installation; but the system
/// reaches the Secure Enclave through another process, and a connection that breaks is there again at the next call.
private func onceMore<T>(_ work: () throws -> T) throws -> T {
  do { return try work() } catch { return try work() }
}

/// Makes and opens keys of both kinds. It throws ``PlatformError``.
public protocol DeviceKeyMaker: Sendable {
  /// Whether keys can be made in a Secure Enclave.
  var hasSecureEnclave: Bool { get }
  /// Makes a P-256 key.
  func make(_ keeping: DeviceKey.Keeping) throws -> DeviceKey
  /// Opens a key that was made on this device.
  func open(_ blob: Bytes, _ keeping: DeviceKey.Keeping) throws -> DeviceKey
}

/// The installation key: in the Secure Enclave if there is one, with its blob in one keychain item that never leaves
/// the device. The item begins with a byte for the kind of key and one for whether the service has given a token for
/// it.
public actor DeviceKeyStore: KeyStore {
  private let maker: any DeviceKeyMaker
  private let store: any SecretStore
  private var opened: DeviceKey?
  /// Why the keychain could not be read: another key in its place would not help, and would lose the current one.
  private var refusal: (any Error)?

  private static let name = "installation-key"
  private static let enrolled: UInt8 = 1

  /// - Parameter store: keeps one item, `installation-key`
  public init(_ maker: any DeviceKeyMaker, _ store: any SecretStore) {
    self.maker = maker
    self.store = store
  }

  public func open() async throws -> any InstallationKey {
    refusal = nil
    let found: Bytes?
    do {
      found = try store.read(Self.name)
    } catch {
      // For instance before the first unlock after a restart of the device.
      refusal = error
      throw error
    }
    guard let item = found else { return try make() }
    if let opened, opened.blob == Array(item.dropFirst(2)) { return opened }
    guard item.count > 2, let keeping = DeviceKey.Keeping(rawValue: item[0]) else {
      throw PlatformError(domain: "assay.key", code: item.count)
    }
    let key = try onceMore { try maker.open(Array(item.dropFirst(2)), keeping) }
    opened = key
    return key
  }

  public func renew() async throws -> any InstallationKey {
    if let refusal { throw refusal }
    return try make()
  }

  private func make() throws -> DeviceKey {
    let keeping: DeviceKey.Keeping = maker.hasSecureEnclave ? .secureEnclave : .software
    let key = try maker.make(keeping)
    try store.write([keeping.rawValue, 0] + key.blob, Self.name)
    opened = key
    return key
  }

  public func hasEnrolled(_ key: any InstallationKey) async -> Bool {
    item(of: key)?[1] == Self.enrolled
  }

  public func keepEnrolled(_ key: any InstallationKey) async {
    guard var item = item(of: key), item[1] != Self.enrolled else { return }
    item[1] = Self.enrolled
    // Without it the next exchange enrols again, which costs an attestation but breaks nothing.
    try? store.write(item, Self.name)
  }

  private func item(of key: any InstallationKey) -> Bytes? {
    guard let key = key as? DeviceKey, let item = try? store.read(Self.name), item.count > 2,
      key.blob == Array(item.dropFirst(2))
    else { return nil }
    return item
  }
}
