extension AssayError {
  /// What an answer other than success means. `body` is the problem document (RFC 9457), if it was one.
  init(refusal answer: Answer, body: JSON?) {
    let problem = body?["code"]?.text
    self.init(
      Self.code(status: answer.status, problem: problem, body: body), trace: body?["trace"]?.text, problem: problem,
      // A date is not read: the clock of the device may be wrong by days.
      retryAfter: answer.header("Retry-After").flatMap(Self.seconds))
  }

  /// Problems that are told as something other than `requestRefused`.
  private static let told: [String: Code] = [
    "attestation_denied": .attestationDenied,
    "challenge_malformed": .challengeStale, "challenge_invalid": .challengeStale, "challenge_expired": .challengeStale,
    "challenge_wrong_purpose": .challengeStale, "challenge_outdated": .challengeStale, "challenge_used": .challengeStale,
    "build_not_registered": .buildRefused, "build_retired": .buildRefused, "build_below_minimum": .buildRefused,
    "abi_not_registered": .buildRefused,
    "app_not_registered": .notRegistered, "audience_not_registered": .notRegistered,
    "enrolment_required": .evidenceFailed,
    "client_data_signature_invalid": .keyStoreFailed,
  ]

  private static func code(status: Int, problem: String?, body: JSON?) -> Code {
    if status >= 500 { return .serviceUnavailable }
    if status == 429 { return .rateLimited }
    // The page of a proxy, or of a network that wants a login first.
    guard let problem, !problem.utf8.isEmpty else { return .responseInvalid }
    if problem.isSame(as: "version_unsupported") {
      // Which of the two is the older one: the service, if it speaks lower versions only.
      let supported = body?["supported"]?.elements ?? []
      let isBehind = !supported.isEmpty && supported.allSatisfy { $0.number.map { $0 < Double(wireVersion) } ?? false }
      return isBehind ? .serviceOutdated : .sdkOutdated
    }
    return isVisibleASCII(problem) ? told[problem] ?? .requestRefused : .requestRefused
  }

  private static func seconds(_ text: String) -> Double? {
    let digits = Array(text.utf8).filter { $0 != 0x20 }
    guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    let seconds = digits.reduce(0) { $0 * 10 + Double($1 - 0x30) }
    return seconds > 0 ? seconds : nil
  }
}
