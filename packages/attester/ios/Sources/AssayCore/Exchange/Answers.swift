/// Answer to `POST /v1/challenges`, of the right form.
struct ChallengeAnswer: Sendable {
  let challenge: String
  let plan: String
  /// Seconds for which the challenge is valid.
  let expiresIn: Double
  /// As the service sent it: whether it wants platform evidence, and for what.
  let evidence: JSON?

  init?(_ answer: JSON) {
    guard let challenge = answer["attestation_challenge"]?.text, isVisibleASCII(challenge),
      let plan = answer["plan"]?.text, isVisibleASCII(plan),
      let expiresIn = answer["expires_in"]?.number, expiresIn >= 0
    else { return nil }
    (self.challenge, self.plan, self.expiresIn) = (challenge, plan, expiresIn)
    evidence = answer["evidence"]
  }
}

/// A token for one audience.
struct IssuedToken: Sendable {
  let audience: String
  let token: String
  /// Seconds from when it was asked for.
  let expiresIn: Double

  init?(_ answer: JSON) {
    guard let audience = answer["audience"]?.text, isVisibleASCII(audience),
      let token = answer["token"]?.text, isVisibleASCII(token),
      let expiresIn = answer["expires_in"]?.number, expiresIn >= 0
    else { return nil }
    (self.audience, self.token, self.expiresIn) = (audience, token, expiresIn)
  }
}

/// Answer to `POST /v1/attestations`, of the right form.
struct AttestationAnswer: Sendable {
  let tokens: [IssuedToken]
  /// Seconds after which to attest again.
  let refreshAfter: Double
  /// Unix seconds at the service.
  let serverTime: Double
  let trace: String

  init?(_ answer: JSON) {
    guard let elements = answer["tokens"]?.elements, !elements.isEmpty,
      let refreshAfter = answer["refresh_after"]?.number, refreshAfter >= 0,
      let serverTime = answer["server_time"]?.number, serverTime >= 0,
      let trace = answer["trace"]?.text, isVisibleASCII(trace)
    else { return nil }
    let tokens = elements.compactMap(IssuedToken.init)
    guard tokens.count == elements.count else { return nil }
    (self.tokens, self.refreshAfter, self.serverTime, self.trace) = (tokens, refreshAfter, serverTime, trace)
  }
}
