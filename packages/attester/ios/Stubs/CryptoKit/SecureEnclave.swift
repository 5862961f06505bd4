import Foundation
import Security

/// The Secure Enclave of a simulated device. What it gives out opens on this device only: `ASSAY_TEST_DEVICE` names it, and
/// without that name there is none, as in Apple's simulator of old.
public enum SecureEnclave {
  private static var device: String? { ProcessInfo.processInfo.environment["ASSAY_TEST_DEVICE"] }

  public static var isAvailable: Bool { device != nil }

  /// Bytes that only this device's enclave wraps keys with.
  private static func pad(_ salt: Data) throws -> [UInt8] {
    guard let device else { throw CryptoKitError.authenticationFailure }
    return Array(HMAC<SHA256>.authenticationCode(for: salt, using: SymmetricKey(data: Data(device.utf8))))
  }

  public enum P256 {
    public enum Signing {
      public struct PrivateKey: Sendable {
        private let pair: KeyPair
        /// Opaque: salt, the wrapped key, and a code that only this device makes.
        public let dataRepresentation: Data

        /// Apple's has a default for `accessControl`; here it must be given, and be one that a process in the background
        /// can meet.
        public init(compactRepresentable: Bool = true, accessControl: SecAccessControl) throws {
          guard accessControl.protection == kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
            accessControl.flags == .privateKeyUsage
          else { throw CryptoKitError.authenticationFailure }
          pair = try KeyPair()
          let salt = Data((0..<16).map { _ in UInt8.random(in: 0...255) })
          let wrapped = zip(pair.scalar, try pad(salt)).map { $0 ^ $1 }
          dataRepresentation = salt + wrapped + Data(try pad(salt + wrapped))
        }

        public init(dataRepresentation: Data) throws {
          let bytes = Data(dataRepresentation)
          guard bytes.count == 80, try pad(bytes.prefix(48)) == Array(bytes.suffix(32)) else {
            throw CryptoKitError.authenticationFailure
          }
          let scalar = zip(bytes[16..<48], try pad(bytes.prefix(16))).map { $0 ^ $1 }
          pair = try KeyPair(scalar: scalar)
          self.dataRepresentation = bytes
        }

        public var publicKey: CryptoKit.P256.Signing.PublicKey { try! .init(rawRepresentation: Data(pair.point)) }

        public func signature(for data: some DataProtocol) throws -> CryptoKit.P256.Signing.ECDSASignature {
          try .init(rawRepresentation: Data(try pair.sign(Array(data))))
        }
      }
    }
  }
}
