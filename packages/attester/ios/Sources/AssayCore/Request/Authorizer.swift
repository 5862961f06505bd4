/// One request to a protected API, as it will be sent.
public struct ProofRequest: Sendable {
  /// As sent.
  public let method: String
  /// Absolute URL. The proof names it without query and fragment.
  public let url: String
  /// The `Authorization` field, to which the proof is bound if it carries a token. An API that takes its own token there is not sent such
  /// a request: `authorizationPresent`.
  public let authorization: String?
  /// A nonce that the API gave. Default: the last one that an answer through this client brought.
  public let nonce: String?

  /// A request as it will be sent.
  public init(method: String, url: String, authorization: String? = nil, nonce: String? = nil) {
    self.method = method
    self.url = url
    self.authorization = authorization
    self.nonce = nonce
  }
}

/// Fields to add to one request, in the names of the standards. They are valid for that request only.
public struct ProofFields: Sendable {
  /// For `OAuth-Client-Attestation`, or for `Authorization` if it has a ``tokenType``.
  public let token: String
  /// The scheme in `Authorization`, if the API takes tokens of the kind `access`.
  public let tokenType: TokenType?
  /// For the field of its form: `DPoP`, unless the configuration says otherwise; `nil` beside a token of the type `Bearer`.
  public let proof: String?
  /// The form of the proof.
  public let form: ProofForm

  /// Both fields, as they are sent.
  public var all: [(name: String, value: String)] {
    let carrier = tokenType.map { ("Authorization", "\($0.rawValue) \(token)") } ?? ("OAuth-Client-Attestation", token)
    return [carrier] + (proof.map { [(form.field, $0)] } ?? [])
  }
}

/// Tokens and proofs for requests, and what the APIs say about them.
@AssayActor
final class Authorizer {
  private let ports: Ports
  private let tokens: TokenSource
  private let form: ProofForm
  /// Nonces are per server (RFC 9449 section 8.2), and proofs of either form have their own: the last one.
  private var nonces: [(origin: String, form: ProofForm, nonce: String)] = []

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
    let held = try await tokens.get(audience, unwanted.map(Acceptable.otherThan) ?? .any)
    do {
      return try await fields(held, address, request)
    } catch let error as AssayError where error.code == .authorizationPresent {
      throw error
    } catch {
      // The key has been lost since the token was issued: another exchange opens it again, or makes a new one.
      let other = try await tokens.get(audience, .otherThan(held.token.token))
      do { return try await fields(other, address, request) } catch { throw AssayError.of(error, as: .keyStoreFailed) }
    }
  }

  private func fields(_ held: Held, _ address: WebAddress, _ request: ProofRequest) async throws -> ProofFields {
    let type = held.token.type
    // The field holds one token: a request with a user's own would lose it.
    if type != nil, request.authorization?.utf8.isEmpty == false { throw AssayError(.authorizationPresent) }
    let form = type == nil ? form : .dpop
    guard type != .bearer else { return ProofFields(token: held.token.token, tokenType: type, proof: nil, form: form) }
    let bound = type == nil ? request.authorization.flatMap(accessToken) : held.token.token
    let hash = bound.map {
      Base64url.encode(ports.cryptography.sha256(Array($0.utf8)))
    }
    let seconds = ((ports.clock.wall() + held.grant.offset) / 1000).rounded(.down)
    let input = ProofInput(
      audience: held.token.audience, jti: Base64url.encode(ports.cryptography.random(16)), method: request.method,
      target: address.target, issuedAt: Int64(seconds), accessTokenHash: hash, nonce: request.nonce ?? nonce(form, of: address.origin))
    return ProofFields(token: held.token.token, tokenType: type, proof: try await input.proof(form, by: held.grant.key), form: form)
  }

  /// Keeps the nonce that an answer brought.
  func learn(_ address: WebAddress, _ header: (String) -> String?) {
    // Those of APIs of the kind `access` are for DPoP, whatever the form of others.
    for form in form == .dpop ? [form] : [form, .dpop] {
      guard let nonce = form.nonce(in: header) else { continue }
      nonces.removeAll { $0.form == form && $0.origin.isSame(as: address.origin) }
      nonces.append((address.origin, form, nonce))
    }
  }

  private func nonce(_ form: ProofForm, of origin: String) -> String? {
    for one in nonces where one.form == form && one.origin.isSame(as: origin) { return one.nonce }
    return nil
  }

  func forget() {
    nonces = []
  }
}

/// The token that an `Authorization` field carries (RFC 9449 section 4.2), bearer tokens too: it ties the user's login
/// to this installation.
func accessToken(_ authorization: String) -> String? {
  let parts = authorization.parts(at: 0x20)
  // Several spaces may separate the two, but none may precede or follow them.
  guard parts.count >= 2, let token = parts.last, !token.utf8.isEmpty, parts.dropFirst().dropLast().allSatisfy(\.utf8.isEmpty)
  else { return nil }
  let scheme = parts[0].lowercased()
  return ["bearer", "dpop"].has(scheme) ? token : nil
}
