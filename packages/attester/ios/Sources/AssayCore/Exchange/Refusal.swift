extension AssayError {
  /// The meaning of an answer other than success. `body` is the problem document (RFC 9457), if it was one.
  init(refusal answer: Answer, body: JSON?) {
    let problem = body?["code"]?.text
    self.init(
      Self.code(status: answer.status, problem: problem, body: body), trace: body?["trace"]?.text, problem: problem,
      // A date is not read: the clock of the device may be wrong by days.
      retryAfter: answer.header("Retry-After").flatMap(Self.seconds), remedy: Remedy(body?["remedy"]))
  }

  /// Problems that are reported as something other than `requestRefused`.
  private static let told: KeyValuePairs<String, Code> = [
    "attestation_denied": .attestationDenied,
    "challenge_malformed": .challengeStale, "challenge_invalid": .challengeStale, "challenge_expired": .challengeStale,
    "challenge_wrong_purpose": .challengeStale, "challenge_outdated": .challengeStale, "challenge_used": .challengeStale,
    "build_not_registered": .buildRefused, "build_retired": .buildRefused, "build_below_minimum": .buildRefused,
    "build_expired": .buildRefused, "channel_not_admitted": .buildRefused, "abi_not_registered": .buildRefused,
    "app_not_registered": .notRegistered, "audience_not_registered": .notRegistered,
    // The path that the SDK adds is not there: the endpoint is not the URL of the service.
    "not_found": .responseInvalid,
    "token_kind_unsupported": .sdkOutdated,
    "enrolment_required": .evidenceFailed,
    "client_data_signature_invalid": .keyStoreFailed,
  ]

  private static func code(status: Int, problem: String?, body: JSON?) -> Code {
    if status >= 500 || status == 408 { return .serviceUnavailable }
    if status == 429 { return .rateLimited }
    // The page of a proxy, or of a network that wants a login first.
    guard let problem, !problem.utf8.isEmpty else { return .responseInvalid }
    if problem.isSame(as: "version_unsupported") {
      // Which of the two is older: the service, if it speaks only lower versions.
      let supported = body?["supported"]?.elements ?? []
      var isBehind = !supported.isEmpty
      for version in supported where version.number.map({ $0 < Double(wireVersion) }) != true { isBehind = false }
      return isBehind ? .serviceOutdated : .sdkOutdated
    }
    for (known, code) in told where known.isSame(as: problem) { return code }
    return .requestRefused
  }

  private static func seconds(_ text: String) -> Double? {
    // Spaces may surround the digits, but not separate them.
    let bytes = Array(text.utf8)
    let start = runEnd(in: bytes, from: 0, .marked, and: " ")
    let end = runEnd(in: bytes, from: start, .digit)
    guard runEnd(in: bytes, from: end, .marked, and: " ") == bytes.count, end - start <= 9,
      let seconds = Double(bytes.text(start..<end)), seconds > 0
    else { return nil }
    return seconds
  }
}
