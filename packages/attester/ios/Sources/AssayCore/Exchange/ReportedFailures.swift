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
    if !codes.contains(entry) { codes = (codes + [entry]).suffix(Self.most) }
  }

  private static func isAdmitted(_ text: String) -> Bool {
    text.utf8.count <= longest
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
          || [0x5f, 0x2e, 0x3a, 0x2d].contains(byte)
      }
  }

  mutating func clear() {
    codes = []
  }
}
