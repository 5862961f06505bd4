/// Codes of what the SDK gave up before the service heard of it, for the next challenge request: hearsay, told as that.
struct ReportedFailures {
  private(set) var codes: [String] = []

  private static let most = 4
  private static let longest = 64

  /// Faults that the service saw itself, or that keep everything from it, are not told.
  mutating func add(_ error: AssayError) {
    switch error.code {
    case .planRefused, .measurementFailed, .keyStoreFailed, .evidenceFailed: break
    default: return
    }
    let text = error.code.rawValue + (error.causeCode.map { ":\($0)" } ?? "")
    let admitted = text.utf8.prefix(Self.longest).filter { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        || [0x5f, 0x2e, 0x3a, 0x2d].contains(byte)
    }
    codes = (codes + [String(decoding: admitted, as: UTF8.self)]).suffix(Self.most)
  }

  mutating func clear() {
    codes = []
  }
}
