import AssayCore
import CryptoKit
import Foundation
import Security

/// P-256 keys by CryptoKit. For the Secure Enclave, the stored value is one that only this enclave can use.
struct EnclaveKeys: DeviceKeyMaker {
  var hasSecureEnclave: Bool { SecureEnclave.isAvailable }

  func make(_ keeping: DeviceKey.Keeping) throws -> DeviceKey {
    try told {
      switch keeping {
      case .secureEnclave: try enclaveKey(SecureEnclave.P256.Signing.PrivateKey(accessControl: accessControl()))
      case .software: try softwareKey(P256.Signing.PrivateKey())
      }
    }
  }

  func open(_ blob: Bytes, _ keeping: DeviceKey.Keeping) throws -> DeviceKey {
    try told {
      switch keeping {
      case .secureEnclave: try enclaveKey(SecureEnclave.P256.Signing.PrivateKey(dataRepresentation: Data(blob)))
      case .software: try softwareKey(P256.Signing.PrivateKey(rawRepresentation: Data(blob)))
      }
    }
  }

  /// Who may use the key: this device after its first unlock, in the background too, and without asking the user. It is
  /// stated, because a default that Apple changes would lock keys that apps already have.
  private func accessControl() throws -> SecAccessControl {
    let accessible = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
    guard let control = SecAccessControlCreateWithFlags(nil, accessible, .privateKeyUsage, nil) else {
      throw PlatformError(domain: NSOSStatusErrorDomain, code: Int(errSecParam))
    }
    return control
  }

  private func enclaveKey(_ key: SecureEnclave.P256.Signing.PrivateKey) throws -> DeviceKey {
    try deviceKey(key.publicKey, key.dataRepresentation) { try key.signature(for: $0) }
  }

  private func softwareKey(_ key: P256.Signing.PrivateKey) throws -> DeviceKey {
    try deviceKey(key.publicKey, key.rawRepresentation) { try key.signature(for: $0) }
  }

  private func deviceKey(
    _ publicKey: P256.Signing.PublicKey, _ blob: Data,
    _ sign: @escaping @Sendable (Data) throws -> P256.Signing.ECDSASignature
  ) throws -> DeviceKey {
    guard let point = PublicKey(raw: Bytes(publicKey.rawRepresentation)) else {
      throw PlatformError(domain: "CryptoKit", code: publicKey.rawRepresentation.count)
    }
    return DeviceKey(publicKey: point, blob: Bytes(blob)) { data in
      try told { Bytes(try sign(Data(data)).rawRepresentation) }
    }
  }
}

/// The result of `work`; errors keep the system's own words.
func told<T>(_ work: () throws -> T) throws -> T {
  do {
    return try work()
  } catch let error as PlatformError {
    throw error
  } catch {
    throw PlatformError(error)
  }
}

extension PlatformError {
  /// The domain and code of an error of the system.
  init(_ error: any Error) {
    let error = error as NSError
    self.init(domain: error.domain, code: error.code)
  }
}
