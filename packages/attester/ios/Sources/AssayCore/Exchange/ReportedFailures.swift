/// Codes of failures that the service has not heard of, for the next challenge request: hearsay, and treated as such.
struct ReportedFailures {
  private(set) var codes: [String] = []

  private static let most = 4
  private static let longest = 64

  /// A failure with a problem came from the service, which knows about it. Of the others, the newest four distinct
  /// codes.
  mutating func add(_ error: AssayError) {
    guard error.problem == nil else { return }
    let code = error.code.rawValue
    let detailed = error.causeCode.map { "\(code):\($0)" } ?? code
    let entry = Self.isAdmitted(detailed) ? detailed : code
    guard !codes.has(entry) else { return }
    codes.append(entry)
    if codes.count > Self.most { codes.removeFirst() }
  }

  private static func isAdmitted(_ text: String) -> Bool {
    text.consists(of: 0...longest, .word, and: ".:-")
  }

  mutating func clear() {
    codes = []
  }
}
