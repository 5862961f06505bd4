import COpenSSL
import Foundation

public enum CryptoKitError: Error, Sendable {
  case incorrectKeySize, incorrectParameterSize, authenticationFailure
  case underlyingCoreCryptoError(error: Int32)
}

/// A P-256 key pair of OpenSSL.
final class KeyPair: @unchecked Sendable {
  private let key: OpaquePointer

  init() throws {
    guard let made = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1), EC_KEY_generate_key(made) == 1 else {
      throw CryptoKitError.underlyingCoreCryptoError(error: -1)
    }
    key = made
  }

  /// From the private number: 32 bytes.
  init(scalar: [UInt8]) throws {
    guard scalar.count == 32 else { throw CryptoKitError.incorrectKeySize }
    let number = BN_bin2bn(scalar, 32, nil)
    defer { BN_clear_free(number) }
    guard let made = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1), let group = EC_KEY_get0_group(made),
      let point = EC_POINT_new(group)
    else { throw CryptoKitError.underlyingCoreCryptoError(error: -1) }
    key = made
    defer { EC_POINT_free(point) }
    guard EC_POINT_mul(group, point, number, nil, nil, nil) == 1, EC_KEY_set_private_key(made, number) == 1,
      EC_KEY_set_public_key(made, point) == 1, EC_KEY_check_key(made) == 1
    else { throw CryptoKitError.incorrectParameterSize }
  }

  deinit { EC_KEY_free(key) }

  var scalar: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 32)
    precondition(BN_bn2binpad(EC_KEY_get0_private_key(key), &bytes, 32) == 32)
    return bytes
  }

  /// x, then y.
  var point: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 65)
    let length = EC_POINT_point2oct(
      EC_KEY_get0_group(key), EC_KEY_get0_public_key(key), POINT_CONVERSION_UNCOMPRESSED, &bytes, 65, nil)
    precondition(length == 65)
    return Array(bytes.dropFirst())
  }

  /// r, then s.
  func sign(_ data: [UInt8]) throws -> [UInt8] {
    let digest = Array(SHA256.hash(data: data))
    guard let signature = ECDSA_do_sign(digest, 32, key) else {
      throw CryptoKitError.underlyingCoreCryptoError(error: -1)
    }
    defer { ECDSA_SIG_free(signature) }
    var (r, s) = ([UInt8](repeating: 0, count: 32), [UInt8](repeating: 0, count: 32))
    precondition(BN_bn2binpad(ECDSA_SIG_get0_r(signature), &r, 32) == 32)
    precondition(BN_bn2binpad(ECDSA_SIG_get0_s(signature), &s, 32) == 32)
    return r + s
  }
}

/// Whether r, then s are a signature over `data` by the key at x, then y.
private func verify(_ data: [UInt8], _ signature: [UInt8], point: [UInt8]) -> Bool {
  guard let key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1), let parts = ECDSA_SIG_new() else { return false }
  defer {
    EC_KEY_free(key)
    ECDSA_SIG_free(parts)
  }
  let coordinates = [BN_bin2bn(point, 32, nil), BN_bin2bn(Array(point.dropFirst(32)), 32, nil)]
  defer { coordinates.forEach(BN_free) }
  guard EC_KEY_set_public_key_affine_coordinates(key, coordinates[0], coordinates[1]) == 1,
    ECDSA_SIG_set0(parts, BN_bin2bn(signature, 32, nil), BN_bin2bn(Array(signature.dropFirst(32)), 32, nil)) == 1
  else { return false }
  return ECDSA_do_verify(Array(SHA256.hash(data: data)), 32, parts, key) == 1
}

public enum P256 {
  public enum Signing {
    public struct PublicKey: Sendable {
      /// x, then y: 64 bytes.
      public let rawRepresentation: Data

      public init(rawRepresentation: some ContiguousBytes) throws {
        self.rawRepresentation = rawRepresentation.withUnsafeBytes { Data($0) }
        guard self.rawRepresentation.count == 64 else { throw CryptoKitError.incorrectKeySize }
      }

      public func isValidSignature(_ signature: ECDSASignature, for data: some DataProtocol) -> Bool {
        verify(Array(data), Array(signature.rawRepresentation), point: Array(rawRepresentation))
      }
    }

    public struct ECDSASignature: Sendable {
      /// r, then s: 64 bytes.
      public let rawRepresentation: Data

      public init(rawRepresentation: some DataProtocol) throws {
        self.rawRepresentation = Data(rawRepresentation)
        guard self.rawRepresentation.count == 64 else { throw CryptoKitError.incorrectParameterSize }
      }
    }

    public struct PrivateKey: Sendable {
      private let pair: KeyPair

      public init(compactRepresentable: Bool = true) {
        pair = try! KeyPair()
      }

      public init(rawRepresentation: some ContiguousBytes) throws {
        pair = try KeyPair(scalar: rawRepresentation.withUnsafeBytes(Array.init))
      }

      public var rawRepresentation: Data { Data(pair.scalar) }
      public var publicKey: PublicKey { try! PublicKey(rawRepresentation: Data(pair.point)) }

      public func signature(for data: some DataProtocol) throws -> ECDSASignature {
        try ECDSASignature(rawRepresentation: Data(try pair.sign(Array(data))))
      }
    }
  }
}
