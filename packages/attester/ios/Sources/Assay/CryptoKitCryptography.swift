import AssayCore
import CryptoKit
import Foundation

/// Hashing by CryptoKit, and random bytes by the system.
struct CryptoKitCryptography: Cryptography {
  func sha256(_ feed: (_ update: (UnsafeRawBufferPointer) -> Void) throws -> Void) rethrows -> Bytes {
    var hash = SHA256()
    try feed { hash.update(bufferPointer: $0) }
    return Bytes(hash.finalize())
  }

  func hmacSHA256(key: Bytes, _ data: Bytes) -> Bytes {
    Bytes(HMAC<SHA256>.authenticationCode(for: data, using: SymmetricKey(data: key)))
  }

  func random(_ count: Int) -> Bytes {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in generator.next() }
  }
}
