/// A public P-256 key: its two coordinates, 32 bytes each, leading zeros kept.
public struct PublicKey: Sendable, Equatable {
  /// 32 bytes.
  public let x: Bytes
  /// 32 bytes.
  public let y: Bytes

  /// `nil` unless both coordinates have 32 bytes. The importer of the key checks whether the point lies on the curve.
  public init?(x: Bytes, y: Bytes) {
    guard x.count == 32, y.count == 32 else { return nil }
    self.x = x
    self.y = y
  }

  /// `nil` unless there are 64 bytes: x, then y, as CryptoKit's `rawRepresentation` has them.
  public init?(raw: Bytes) {
    guard raw.count == 64 else { return nil }
    self.init(x: Array(raw.prefix(32)), y: Array(raw.suffix(32)))
  }

  /// The JWK (RFC 7518 section 6.2.1), its members in the order that the SDKs share.
  var jwk: JSON {
    .object([
      .init("kty", .text("EC")), .init("crv", .text("P-256")),
      .init("x", .text(Base64url.encode(x))), .init("y", .text(Base64url.encode(y))),
    ])
  }

  /// The bytes whose SHA-256, as base64url, is the key's thumbprint (RFC 7638 section 3).
  var thumbprintInput: Bytes {
    JSON.object([
      .init("crv", .text("P-256")), .init("kty", .text("EC")),
      .init("x", .text(Base64url.encode(x))), .init("y", .text(Base64url.encode(y))),
    ]).bytes
  }
}
