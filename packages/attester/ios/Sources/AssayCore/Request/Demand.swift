/// What an API or an authorization server that refuses a request asks for: a nonce, which came with the answer, or
/// another token. APIs say it with status 401 in `WWW-Authenticate` (RFC 9449 section 9), authorization servers also with
/// status 400 in JSON (RFC 9449 section 8, RFC 6749 section 5.2, draft-ietf-oauth-attestation-based-client-auth-10 section 7).
enum Demand: Sendable {
  case nonce, token

  /// Bytes of a JSON answer that are read for it. Answers that say what they want are a few hundred bytes long.
  static let longestBody = 16_384

  /// - Parameters:
  ///   - isAuthorizationServer: whether the body counts; an API's own may hold any text, and must not send a request twice
  ///   - isAccess: whether the token was one of the kind `access`, which a stock resource server calls invalid (RFC 6750 section 3.1)
  init?(_ answer: Answer, isAuthorizationServer: Bool, isAccess: Bool) {
    switch answer.status {
    case 401:
      // A field may hold challenges of several schemes, each with its own error.
      for error in Self.errors(in: answer.header("WWW-Authenticate") ?? "") {
        guard let demand = isAccess && error.isSame(as: "invalid_token") ? .token : Demand(error: error) else { continue }
        self = demand
        return
      }
      return nil
    case 400:
      guard isAuthorizationServer, answer.body.count <= Self.longestBody, Self.isJSON(answer.header("Content-Type") ?? ""),
        let error = JSON.read(answer.body)?["error"]?.text
      else { return nil }
      self.init(error: error)
    default: return nil
    }
  }

  private init?(error: String) {
    // Swift's string equality would treat canonically equivalent texts as equal; none of these has such equivalents.
    switch error {
    case "use_dpop_nonce", "use_attestation_challenge": self = .nonce
    case "use_fresh_attestation", "invalid_client_attestation", "invalid_dpop_proof": self = .token
    default: return nil
    }
  }

  /// `json` as a word of its own, as in `application/problem+json`.
  private static func isJSON(_ contentType: String) -> Bool {
    let bytes = Array(contentType.utf8)
    for at in bytes.indices where stands("json", in: bytes, at: at) && !isWord(bytes, at - 1) && !isWord(bytes, at + 4) {
      return true
    }
    return false
  }

  /// The values of each `error=`, quoted or not.
  private static func errors(in text: String) -> [String] {
    let bytes = Array(text.utf8)
    var errors: [String] = []
    for at in bytes.indices where stands("error=", in: bytes, at: at) && !isWord(bytes, at - 1) {
      var start = at + 6
      if stands("\"", in: bytes, at: start) { start += 1 }
      errors.append(bytes.text(start..<runEnd(in: bytes, from: start, .word)))
    }
    return errors
  }

  private static func isWord(_ bytes: Bytes, _ at: Int) -> Bool {
    bytes.indices.contains(at) && ByteKind.word.has(bytes[at])
  }
}
