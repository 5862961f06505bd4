/// The primitives that the SDK needs, from the platform's own library. It has none of its own.
public protocol Cryptography: Sendable {
  /// SHA-256 over everything that `feed` passes, in order.
  func sha256(_ feed: (_ update: (UnsafeRawBufferPointer) -> Void) throws -> Void) rethrows -> Bytes
  /// HMAC-SHA-256 of `data`: 32 bytes.
  func hmacSHA256(key: Bytes, _ data: Bytes) -> Bytes
  /// `count` bytes from a cryptographically strong source.
  func random(_ count: Int) -> Bytes
}

extension Cryptography {
  func sha256(_ bytes: Bytes) -> Bytes {
    sha256 { update in bytes.withUnsafeBytes(update) }
  }
}
