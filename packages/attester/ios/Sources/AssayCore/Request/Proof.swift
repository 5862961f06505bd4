/// Claims of a DPoP proof (RFC 9449 section 4.2).
struct ProofClaims: Sendable {
  let jti: String
  /// The method as sent.
  let method: String
  /// The URL without query and fragment.
  let target: String
  /// Unix seconds at the service.
  let issuedAt: Int64
  /// Base64url SHA-256 of the token in `Authorization`.
  let accessTokenHash: String?
  let nonce: String?

  /// The bytes that a signature is over: header and claims, in the order that all SDKs share.
  func signingInput(_ key: PublicKey) -> String {
    let header = JSON.object([
      .init("typ", .text("dpop+jwt")), .init("alg", .text("ES256")), .init("jwk", key.jwk),
    ])
    var claims: [JSON.Member] = [
      .init("jti", .text(jti)), .init("htm", .text(method)), .init("htu", .text(target)), .init("iat", .integer(issuedAt)),
    ]
    if let accessTokenHash { claims.append(.init("ath", .text(accessTokenHash))) }
    if let nonce { claims.append(.init("nonce", .text(nonce))) }
    return [header, .object(claims)].map { Base64url.encode($0.bytes) }.joined(separator: ".")
  }

  /// A proof by the installation key, which the token names in `cnf`.
  func signed(by key: any InstallationKey) async throws -> String {
    let input = signingInput(key.publicKey)
    return input + "." + Base64url.encode(try await key.sign(Array(input.utf8)))
  }
}
