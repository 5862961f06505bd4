// A stand-in for Apple's CryptoKit over OpenSSL, for Linux only, with the declarations that the SDK uses.
import COpenSSL
import Foundation

public protocol HashFunction {
  associatedtype Digest: Sequence<UInt8>
  init()
  mutating func update(bufferPointer: UnsafeRawBufferPointer)
  func finalize() -> Digest
}

public struct SHA256Digest: Sequence, Sendable {
  let bytes: [UInt8]
  public func makeIterator() -> Array<UInt8>.Iterator { bytes.makeIterator() }
}

public struct SHA256: HashFunction {
  private final class State {
    let context = EVP_MD_CTX_new()
    deinit { EVP_MD_CTX_free(context) }
  }

  private let state = State()

  public init() {
    precondition(EVP_DigestInit_ex(state.context, EVP_sha256(), nil) == 1)
  }

  public mutating func update(bufferPointer: UnsafeRawBufferPointer) {
    precondition(EVP_DigestUpdate(state.context, bufferPointer.baseAddress, bufferPointer.count) == 1)
  }

  public func finalize() -> SHA256Digest {
    var bytes = [UInt8](repeating: 0, count: 32)
    precondition(EVP_DigestFinal_ex(state.context, &bytes, nil) == 1)
    return SHA256Digest(bytes: bytes)
  }

  public static func hash(data: some DataProtocol) -> SHA256Digest {
    var hash = SHA256()
    Array(data).withUnsafeBytes { hash.update(bufferPointer: $0) }
    return hash.finalize()
  }
}

public struct SymmetricKey: Sendable {
  let bytes: [UInt8]
  public init(data: some ContiguousBytes) {
    bytes = data.withUnsafeBytes(Array.init)
  }
}

public struct HashedAuthenticationCode<H: HashFunction>: Sequence {
  let bytes: [UInt8]
  public func makeIterator() -> Array<UInt8>.Iterator { bytes.makeIterator() }
}

public struct HMAC<H: HashFunction> {
  public typealias MAC = HashedAuthenticationCode<H>

  public static func authenticationCode(for data: some DataProtocol, using key: SymmetricKey) -> MAC {
    precondition(H.self == SHA256.self)
    let (content, secret) = (Array(data), key.bytes)
    var bytes = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    let mac = secret.withUnsafeBufferPointer { secret in
      content.withUnsafeBufferPointer { content in
        COpenSSL.HMAC(
          EVP_sha256(), secret.baseAddress ?? UnsafePointer(bitPattern: 1), Int32(secret.count), content.baseAddress,
          content.count, &bytes, &length)
      }
    }
    precondition(mac != nil && length == 32)
    return MAC(bytes: bytes)
  }
}
