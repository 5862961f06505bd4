/// The configuration of one installation of the SDK: fixed in the app, never widened by the service.
public struct AssayConfiguration: Sendable {
  /// Base URLs of the attestation service, tried in turn. They must lead to one service: processes that do not share
  /// the challenge key refuse each other's challenges, and the exchange starts again, once.
  public var endpoints: [String]
  /// Name under which the app is registered: 3 to 255 letters, digits, `.`, `_` and `-`.
  public var app: String
  /// Name of the registered build: 1 to 128 letters, digits, `.`, `_`, `+` and `-`.
  public var build: String
  /// The protected APIs: origin or URL prefix (`https://api.example.com/v1`) to token audience. Tokens and proofs go to these and
  /// to nothing else; the longest prefix decides. At most 8 audiences.
  public var audiences: [String: String]
  /// Those of the audiences that are OAuth authorization servers. They say in the JSON of a 400 that they want a nonce or another token
  /// (RFC 6749 section 5.2); in the body of any other answer that text means nothing.
  public var authorizationServers: [String] = []
  /// Milliseconds for one request to the service.
  public var requestTimeout: Double = 10_000
  /// Milliseconds without use after which the background stops refreshing until the next use.
  public var idleAfter: Double = 600_000
  /// What happens to a protected request if no token is available.
  public var withoutToken: WithoutToken = .fail
  /// The form of proofs.
  public var proof = ProofForm.dpop
  /// Keychain access group, if an app and its extensions should be one installation. They need the same group in their
  /// entitlements.
  public var keychainAccessGroup: String?
  /// App group, in whose folder an app and its extensions take turns. Without it each has its own lock.
  public var appGroup: String?
  /// A development secret, in place of a measurement: for an app and APIs that are registered for development. Whoever has it gets
  /// tokens, so give it within `#if DEBUG` only, from the scheme's environment. No property list holds it, and on a device only an
  /// app whose profile admits debuggers (`get-task-allow`) starts with it.
  public var developmentSecret: String?
  /// Admits `http:` for hosts other than this machine, where everyone on the network path can read and use tokens that
  /// are not bound, and answer in place of the service. For closed test networks only.
  public var dangerouslyAllowInsecureRequests = false

  /// What happens to a request without a token.
  public enum WithoutToken: String, Sendable {
    /// It is not sent, and the call fails.
    case fail
    /// It is sent without token and proof, with the field `Assay-Status`, which holds only the error's code.
    case send
  }

  /// The options without defaults. They are checked when a client is created.
  public init(endpoints: [String], app: String, build: String, audiences: [String: String]) {
    self.endpoints = endpoints
    self.app = app
    self.build = build
    self.audiences = audiences
  }
}

/// A configuration, checked.
final class CheckedConfiguration: Sendable {
  let given: AssayConfiguration
  let endpoints: [String]
  let protectedURLs: ProtectedURLs
  /// Distinct audiences, in the order of their prefixes' bytes.
  var audiences: [String] { protectedURLs.audiences }

  /// - Throws: ``AssayMisuse`` naming the option that is missing or wrong
  init(_ given: AssayConfiguration) throws {
    guard isIdentifier(given.app, 3...255, besides: "._-") else { throw AssayMisuse("app") }
    guard isIdentifier(given.build, 1...128, besides: "._+-") else { throw AssayMisuse("build") }
    guard given.requestTimeout > 0, given.requestTimeout < 2_147_483_648 else { throw AssayMisuse("requestTimeout") }
    guard given.idleAfter >= 0 else { throw AssayMisuse("idleAfter") }
    guard given.developmentSecret.map(isVisibleASCII) ?? true else { throw AssayMisuse("developmentSecret") }
    let insecure = given.dangerouslyAllowInsecureRequests
    var endpoints: [String] = []
    for text in given.endpoints {
      guard let url = WebAddress.secure(text, admitInsecure: insecure) else { throw AssayMisuse("endpoints") }
      endpoints.append(url)
    }
    guard !endpoints.isEmpty else { throw AssayMisuse("endpoints") }
    self.endpoints = endpoints
    protectedURLs = try ProtectedURLs(given.audiences, admitInsecure: insecure)
    guard given.authorizationServers.allSatisfy(protectedURLs.audiences.has) else { throw AssayMisuse("authorizationServers") }
    self.given = given
  }
}

/// Letters, digits and some marks; the first character must be a letter or digit.
private func isIdentifier(_ text: String, _ lengths: ClosedRange<Int>, besides marks: StaticString) -> Bool {
  guard let first = text.utf8.first, ByteKind.letterOrDigit.has(first) else { return false }
  return text.consists(of: lengths, .letterOrDigit, and: marks)
}

/// Whether a text can be put into a header as it is, without adding anything else to it.
func isVisibleASCII(_ text: String) -> Bool {
  text.consists(of: 1...Int.max, .visible)
}

/// 1 to 128 bytes of UTF-8, without control characters (U+0000 to U+001F, U+007F to U+009F).
func isReference(_ text: String) -> Bool {
  let bytes = Array(text.utf8)
  guard 1...128 ~= bytes.count else { return false }
  for (at, byte) in bytes.enumerated() {
    if byte < 0x20 || byte == 0x7f { return false }
    // U+0080 to U+009F are the byte C2 and one below A0.
    if byte == 0xc2, bytes[at + 1] < 0xa0 { return false }
  }
  return true
}
