/// The form of proofs of possession.
public enum ProofForm: String, Sendable {
  /// DPoP in combined mode (RFC 9449 section 4.2): a proof for one request, by the key that the token names in `cnf`.
  case dpop
  /// The PoP JWT of draft-ietf-oauth-attestation-based-client-auth-10 section 5.2: a proof for the audience and not for one
  /// request. For authorization servers without combined mode, and for APIs that use DPoP with another key.
  case attestationPoP = "attestation-pop"

  /// The header field that carries the proof.
  public var field: String {
    switch self {
    case .dpop: "DPoP"
    case .attestationPoP: "OAuth-Client-Attestation-PoP"
    }
  }

  /// The nonce or challenge for such proofs that an answer brought.
  func nonce(in header: (String) -> String?) -> String? {
    if self == .dpop, let nonce = header("DPoP-Nonce"), !nonce.utf8.isEmpty { return nonce }
    guard let challenge = header("OAuth-Client-Attestation-Challenge"), !challenge.utf8.isEmpty else { return nil }
    return challenge
  }
}

/// What a proof may state about one request. The form of the proof decides which parts it contains.
struct ProofInput: Sendable {
  let audience: String
  /// 16 random bytes, base64url.
  let jti: String
  /// The method as sent.
  let method: String
  /// The URL without query and fragment.
  let target: String
  /// Unix seconds at the service.
  let issuedAt: Int64
  /// Base64url SHA-256 of the token in `Authorization`.
  let accessTokenHash: String?
  /// The last nonce or challenge that the server gave.
  let nonce: String?

  /// The proof as a JWT (RFC 7515), signed ES256 by the installation key. Members are in the order that all SDKs share.
  func proof(_ form: ProofForm, by key: any InstallationKey) async throws -> String {
    var header: [JSON.Member]
    var claims: [JSON.Member]
    switch form {
    case .dpop:
      header = [.init("typ", .text("dpop+jwt")), .init("alg", .text("ES256")), .init("jwk", key.publicKey.jwk)]
      claims = [.init("jti", .text(jti)), .init("htm", .text(method)), .init("htu", .text(target)), .init("iat", .integer(issuedAt))]
      if let accessTokenHash { claims.append(.init("ath", .text(accessTokenHash))) }
      if let nonce { claims.append(.init("nonce", .text(nonce))) }
    case .attestationPoP:
      header = [.init("typ", .text("oauth-client-attestation-pop+jwt")), .init("alg", .text("ES256"))]
      claims = [.init("aud", .text(audience)), .init("jti", .text(jti)), .init("iat", .integer(issuedAt))]
      if let nonce { claims.append(.init("challenge", .text(nonce))) }
    }
    let input = Base64url.encode(JSON.object(header).bytes) + "." + Base64url.encode(JSON.object(claims).bytes)
    return input + "." + Base64url.encode(try await key.sign(Array(input.utf8)))
  }
}
