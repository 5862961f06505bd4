/// Codes of what the SDK gave up before the service heard of it, for the next challenge request: hearsay, told as that.
struct ReportedFailures {
  private(set) var codes: [String] = []

  private static let most = 4
  private static let longest = 64

  /// What has a problem came from the service, which knows. Of the others the newest four different ones.
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
