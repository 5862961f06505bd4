/// One request to a protected API, as it will be sent.
public struct ProofRequest: Sendable {
  /// As sent.
  public let method: String
  public let url: String
  /// The `Authorization` field, to which the proof is bound if it carries a token.
  public let authorization: String?
  /// A nonce that the API gave. Default: the last one that an answer through this client brought.
  public let nonce: String?

  public init(method: String, url: String, authorization: String? = nil, nonce: String? = nil) {
    self.method = method
    self.url = url
    self.authorization = authorization
    self.nonce = nonce
  }
}

/// Fields to add to one request, in the names of the standards. They are good for that request only.
public struct ProofFields: Sendable {
  /// For `OAuth-Client-Attestation`.
  public let token: String
  /// For the field of its form: `DPoP`, unless the configuration says otherwise.
  public let proof: String
  /// The form of the proof.
  public let form: ProofForm

  /// Both fields, as they are sent.
  public var all: [(name: String, value: String)] { [("OAuth-Client-Attestation", token), (form.field, proof)] }
}

/// Tokens and proofs for requests, and what the APIs say about them.
@AssayActor
final class Authorizer {
  private let ports: Ports
  private let tokens: TokenSource
  private let form: ProofForm
  /// Nonces are per server (RFC 9449 section 8.2): origin to the last one.
  private var nonces: [String: String] = [:]

  nonisolated init(_ ports: Ports, _ tokens: TokenSource, _ form: ProofForm) {
    self.ports = ports
    self.tokens = tokens
    self.form = form
  }

  /// - Parameter unwanted: a token that the API refused
  /// - Throws: ``AssayError``
  func authorize(
    _ audience: String, _ address: WebAddress, _ request: ProofRequest, unwanted: String? = nil
  ) async throws -> ProofFields {
    // No token (`nil`) is accepted: asking for an audience again that the service left out would not help.
    let held = try await tokens.get(audience) { $0 == nil || unwanted == nil || !$0!.isSame(as: unwanted!) }
    do {
      return try await fields(held, address, request)
    } catch {
      // The key has gone since the token was issued: another exchange opens it again, or makes a new one.
      let gone = held.token.token
      let other = try await tokens.get(audience) { $0?.isSame(as: gone) != true }
      return try await orFail(.keyStoreFailed) { try await fields(other, address, request) }
    }
  }

  private func fields(_ held: Held, _ address: WebAddress, _ request: ProofRequest) async throws -> ProofFields {
    let hash = request.authorization.flatMap(accessToken).map {
      Base64url.encode(ports.cryptography.sha256(Array($0.utf8)))
    }
    let seconds = ((ports.clock.wall() + held.grant.offset) / 1000).rounded(.down)
    let facts = ProofFacts(
      audience: held.token.audience, jti: Base64url.encode(ports.cryptography.random(16)), method: request.method,
      target: address.target, issuedAt: Int64(seconds), accessTokenHash: hash, nonce: request.nonce ?? nonces[address.origin])
    return ProofFields(token: held.token.token, proof: try await facts.proof(form, by: held.grant.key), form: form)
  }

  /// Keeps the nonce that an answer brought.
  func learn(_ address: WebAddress, _ header: (String) -> String?) {
    if let nonce = form.nonce(in: header) { nonces[address.origin] = nonce }
  }

  func forget() {
    nonces = [:]
  }
}

/// The token that an `Authorization` field carries (RFC 9449 section 4.2), of a bearer too: it ties the user's login to this
/// installation.
func accessToken(_ authorization: String) -> String? {
  let parts = authorization.split(separator: " ", omittingEmptySubsequences: true)
  guard parts.count == 2, !authorization.hasPrefix(" "), !authorization.hasSuffix(" ") else { return nil }
  let scheme = parts[0].lowercased()
  return scheme == "bearer" || scheme == "dpop" ? String(parts[1]) : nil
}
