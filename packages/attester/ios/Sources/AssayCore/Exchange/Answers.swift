/// Answer to `POST /v1/challenges`, of the right form.
final class ChallengeAnswer: Sendable {
  let challenge: String
  let plan: String
  /// Seconds for which the challenge is valid.
  let expiresIn: Double
  /// As the service sent it: whether it wants platform evidence, and for what purpose.
  let evidence: JSON?

  /// - Parameter held: the plan, if the answer has none
  init?(_ answer: JSON, held: String?) {
    guard let challenge = answer.word("attestation_challenge"),
      let plan = answer["plan"] == nil ? held : answer.word("plan"),
      let expiresIn = answer.amount("expires_in")
    else { return nil }
    (self.challenge, self.plan, self.expiresIn) = (challenge, plan, expiresIn)
    evidence = answer["evidence"]
  }
}

/// The scheme under which `Authorization` takes a token of the kind `access`. A token of the kind `attestation` has none.
public enum TokenType: String, Sendable {
  /// With a proof of possession for each request (RFC 9449).
  case dpop = "DPoP"
  /// Without one (RFC 6750).
  case bearer = "Bearer"
}

/// A token for one audience.
final class IssuedToken: Sendable {
  let audience: String
  let token: String
  /// Seconds from the request.
  let expiresIn: Double
  /// `nil` for the kind `attestation`.
  let type: TokenType?

  init?(_ answer: JSON) {
    guard let audience = answer.word("audience"), let token = answer.word("token"),
      let expiresIn = answer.amount("expires_in")
    else { return nil }
    // Sent in the wrong field, a token of a scheme that this SDK does not know would be disclosed.
    let type = answer["token_type"]?.text.flatMap(TokenType.init(rawValue:))
    guard type != nil || answer["token_type"] == nil else { return nil }
    (self.audience, self.token, self.expiresIn, self.type) = (audience, token, expiresIn, type)
  }

  /// The tokens in an array, unless it is empty or holds something else.
  static func all(_ value: JSON?) -> [IssuedToken]? {
    guard let elements = value?.elements, !elements.isEmpty else { return nil }
    var tokens: [IssuedToken] = []
    for element in elements {
      guard let token = IssuedToken(element) else { return nil }
      tokens.append(token)
    }
    return tokens
  }
}

/// Answer to `POST /v1/attestations`, of the right form.
final class AttestationAnswer: Sendable {
  let tokens: [IssuedToken]
  /// Seconds after which to attest again.
  let refreshAfter: Double
  /// Unix seconds at the service.
  let serverTime: Double
  let trace: String
  /// APIs that were asked for and have no token.
  let denied: [Denied]

  init?(_ answer: JSON) {
    guard let tokens = IssuedToken.all(answer["tokens"]), let refreshAfter = answer.amount("refresh_after"),
      let serverTime = answer.amount("server_time"), let trace = answer.word("trace")
    else { return nil }
    (self.tokens, self.refreshAfter, self.serverTime, self.trace) = (tokens, refreshAfter, serverTime, trace)
    denied = Denied.all(answer["remedies"])
  }
}

extension JSON {
  /// The member with this name, if it is text of visible ASCII.
  @inline(never) fileprivate func word(_ name: String) -> String? {
    guard let text = self[name]?.text, isVisibleASCII(text) else { return nil }
    return text
  }

  /// The member with this name, if it is a number from 0 to 2^53 - 1: a larger one would end the app where it is made a
  /// whole number.
  @inline(never) fileprivate func amount(_ name: String) -> Double? {
    guard let number = self[name]?.number, number >= 0, number <= 9_007_199_254_740_991 else { return nil }
    return number
  }
}
