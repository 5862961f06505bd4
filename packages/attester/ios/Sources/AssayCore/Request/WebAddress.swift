/// An absolute `http` or `https` URL in the normal form of the URL standard, as far as tokens and proofs depend on it: scheme and
/// host in lower case, no default port, `.` and `..` resolved. Written by hand because Foundation's reader differs
/// between system versions.
public struct WebAddress: Sendable {
  /// Scheme, host and port.
  public let origin: String
  /// With a slash at its start.
  public let path: String
  /// Query and fragment with their marks.
  public let rest: String

  /// The whole URL.
  public var text: String { origin + path + rest }
  /// Without query and fragment: the `htu` of proofs (RFC 9449 section 4.2).
  public var target: String { origin + path }

  /// `nil` for another scheme, no host, a user, an invalid port, or anything that is not visible ASCII.
  public init?(_ text: String) {
    guard isVisibleASCII(text), text.consists(of: 1...Int.max, .unmarked, and: "\\\"<>^`{|}") else { return nil }
    let (bytes, lower) = (Array(text.utf8), Array(text.lowercased().utf8))
    let isSecure = stands("https://", in: lower, at: 0)
    guard isSecure || stands("http://", in: lower, at: 0) else { return nil }
    let start = isSecure ? 8 : 7
    let afterHost = runEnd(in: bytes, from: start, .unmarked, and: "/?#")
    guard let host = Self.host(Array(lower[start..<afterHost]), defaultPort: isSecure ? 443 : 80) else { return nil }
    let afterPath = runEnd(in: bytes, from: afterHost, .unmarked, and: "?#")
    origin = (isSecure ? "https://" : "http://") + host
    path = Self.resolved(bytes.text(afterHost..<afterPath))
    rest = bytes.text(afterPath..<bytes.count)
  }

  /// As ``init(_:)``, for a text that a system may send although it is not in normal form: a backslash counts as a
  /// slash, a user is left out, and characters that a URL cannot contain are escaped. Shows where a request would go; a
  /// proof needs the normal form.
  init?(repairing text: String) {
    var bytes: Bytes = []
    let given = Array(text.utf8)
    for at in given.indices {
      if given[at] == UInt8(ascii: "\\") {
        bytes.append(slash)
      } else if ByteKind.visible.has(given[at]), runEnd(in: [given[at]], from: 0, .unmarked, and: "\"<>^`{|}") == 1 {
        bytes.append(given[at])
      } else {
        let digits = Array("0123456789ABCDEF".utf8)
        bytes.append(UInt8(ascii: "%"))
        bytes.append(digits[Int(given[at] >> 4)])
        bytes.append(digits[Int(given[at] & 15)])
      }
    }
    // The host follows the last `@` of its part.
    let start = stands("https://", in: Array(text.lowercased().utf8), at: 0) ? 8 : 7
    let end = runEnd(in: bytes, from: start, .unmarked, and: "/?#")
    var host = end
    while host > start, bytes[host - 1] != UInt8(ascii: "@") { host -= 1 }
    guard start < end else { return nil }
    self.init(bytes.text(0..<start) + bytes.text(host..<bytes.count))
  }

  /// - Parameter authority: in lower case
  private static func host(_ authority: Bytes, defaultPort: UInt16) -> String? {
    let isLiteral = authority.first == UInt8(ascii: "[")
    let after = isLiteral ? runEnd(in: authority, from: 0, .unmarked, and: "]") + 1 : runEnd(in: authority, from: 0, .unmarked, and: ":")
    guard after <= authority.count else { return nil }
    let host = authority.text(0..<after)
    let isAdmitted =
      isLiteral ? host.consists(of: 1...Int.max, .digit, and: "[]:.abcdef") : host.consists(of: 1...Int.max, .lowerOrDigit, and: "-._")
    guard isAdmitted else { return nil }
    if after == authority.count { return host }
    guard authority[after] == colon else { return nil }
    if after == authority.count - 1 { return host }
    let port = authority.text(after + 1..<authority.count)
    guard port.consists(of: 1...5, .digit), let number = UInt16(port) else { return nil }
    return number == defaultPort ? host : "\(host):\(number)"
  }

  /// Resolves `.` and `..`, also where their dots are written `%2e`.
  private static func resolved(_ path: String) -> String {
    var parts: [String] = []
    let given = path.parts(at: slash).dropFirst()
    for index in given.indices {
      let dots = dots(in: given[index])
      if dots == 2, !parts.isEmpty { parts.removeLast() }
      if dots == 0 { parts.append(given[index]) } else if index == given.endIndex - 1 { parts.append("") }
    }
    return "/" + parts.joined(separator: "/")
  }

  /// 1 for `.`, 2 for `..`, 0 for every other part of a path.
  private static func dots(in part: String) -> Int {
    let bytes = Array(part.lowercased().utf8)
    var (at, dots) = (0, 0)
    while at < bytes.count, dots <= 2 {
      let isEscaped = stands("%2e", in: bytes, at: at)
      guard isEscaped || bytes[at] == UInt8(ascii: ".") else { return 0 }
      at += isEscaped ? 3 : 1
      dots += 1
    }
    return dots <= 2 ? dots : 0
  }

  /// A base URL of an option: without user, query, fragment and trailing slash, whose scheme is https, or http on this
  /// machine (or anywhere, if `admitInsecure`).
  static func secure(_ text: String, admitInsecure: Bool) -> String? {
    guard let address = WebAddress(text), address.rest.utf8.isEmpty else { return nil }
    let isSafe = address.origin.hasPrefix("https://") || admitInsecure || address.isOnThisMachine
    guard isSafe, text.consists(of: 1...Int.max, .unmarked, and: "@") else { return nil }
    var base = Array(address.target.utf8)
    while base.last == slash { base.removeLast() }
    return base.text(0..<base.count)
  }

  /// `localhost`, 127/8 and `::1`.
  private var isOnThisMachine: Bool {
    let host = Array(origin.utf8.dropFirst("http://".utf8.count))
    if stands("[::1]", in: host, at: 0) { return host.count == 5 || host[5] == colon }
    let name = host.text(0..<runEnd(in: host, from: 0, .unmarked, and: ":"))
    if name.isSame(as: "localhost") { return true }
    let parts = name.parts(at: UInt8(ascii: "."))
    guard parts.count == 4, parts[0].isSame(as: "127") else { return false }
    for part in parts where !part.consists(of: 1...Int.max, .digit) || UInt8(part) == nil { return false }
    return true
  }
}

private let (slash, colon) = (UInt8(ascii: "/"), UInt8(ascii: ":"))
