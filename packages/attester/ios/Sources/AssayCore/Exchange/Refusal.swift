extension AssayError {
  /// What an answer other than success means. `body` is the problem document (RFC 9457), if it was one.
  init(refusal answer: Answer, body: JSON?) {
    let problem = body?["code"]?.text
    self.init(
      Self.code(status: answer.status, problem: problem, body: body), trace: body?["trace"]?.text, problem: problem,
      // A date is not read: the clock of the device may be wrong by days.
      retryAfter: answer.header("Retry-After").flatMap(Self.seconds))
  }

  /// By a part of the problem's code; the first that is in it.
  private static let told: [(Code, part: String)] = [
    (.attestationDenied, "attestation_denied"),
    (.challengeStale, "challenge"),
    (.buildRefused, "build"),
    (.notRegistered, "not_registered"),
    (.evidenceFailed, "enrolment"),
    (.keyStoreFailed, "signature"),
  ]

  private static func code(status: Int, problem: String?, body: JSON?) -> Code {
    if status >= 500 { return .serviceUnavailable }
    if status == 429 { return .rateLimited }
    // The page of a proxy, or of a network that wants a login first.
    guard let problem, !problem.utf8.isEmpty else { return .responseInvalid }
    if problem.isSame(as: "version_unsupported") {
      let supported = body?["supported"]?.elements?.compactMap(\.number) ?? []
      let isBehind = !supported.isEmpty && supported.allSatisfy { $0 < Double(wireVersion) }
      return isBehind ? .serviceOutdated : .sdkOutdated
    }
    return told.first { contains(problem, $0.part) }?.0 ?? .requestRefused
  }

  private static func contains(_ text: String, _ part: String) -> Bool {
    let (text, part) = (Array(text.utf8), Array(part.utf8))
    return text.indices.contains { text[$0...].starts(with: part) }
  }

  private static func seconds(_ text: String) -> Double? {
    let digits = Array(text.utf8).filter { $0 != 0x20 }
    guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    let seconds = digits.reduce(0) { $0 * 10 + Double($1 - 0x30) }
    return seconds > 0 ? seconds : nil
  }
}
