/// An absolute `http` or `https` URL in the normal form of the URL standard, as far as tokens and proofs depend on it: scheme and
/// host in lower case, no default port, `.` and `..` resolved. Written by hand because Foundation's reader differs between the
/// versions of the systems.
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

  /// `nil` for another scheme, no host, a user, a port that is none, or anything that is not visible ASCII.
  public init?(_ text: String) {
    guard isVisibleASCII(text), !text.utf8.contains(where: { "\\\"<>^`{|}".utf8.contains($0) }) else { return nil }
    let lower = text.lowercased()
    let isSecure = lower.hasPrefix("https://")
    guard isSecure || lower.hasPrefix("http://") else { return nil }
    let scheme = isSecure ? "https" : "http"
    let after = text.dropFirst(scheme.count + 3)
    let authority = after.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let host = Self.host(String(authority), defaultPort: isSecure ? "443" : "80") else { return nil }
    let following = after.dropFirst(authority.count)
    let path = following.prefix { $0 != "?" && $0 != "#" }
    origin = "\(scheme)://\(host)"
    self.path = Self.resolved(path.isEmpty ? "/" : String(path))
    rest = String(following.dropFirst(path.count))
  }

  private static func host(_ authority: String, defaultPort: String) -> String? {
    let lower = authority.lowercased()
    let isLiteral = lower.hasPrefix("[")
    let end = isLiteral ? lower.firstIndex(of: "]").map(lower.index(after:)) : lower.firstIndex(of: ":") ?? lower.endIndex
    guard let end else { return nil }
    let (host, port) = (lower[..<end], lower[end...])
    let admitted = isLiteral ? "[]0123456789abcdef:." : "abcdefghijklmnopqrstuvwxyz0123456789-._"
    guard !host.isEmpty, host.allSatisfy(admitted.contains) else { return nil }
    if port.isEmpty || port == ":" { return String(host) }
    guard port.hasPrefix(":"), port.count <= 6, let number = UInt16(port.dropFirst()), !port.contains("+") else { return nil }
    return String(number) == defaultPort ? String(host) : "\(host):\(number)"
  }

  /// Resolves `.` and `..`, also where their dots are written `%2e`.
  private static func resolved(_ path: String) -> String {
    var parts: [Substring] = []
    let given = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    for (index, part) in given.enumerated() {
      let dots = part.lowercased().replacing("%2e")
      let isLast = index == given.count - 1
      switch dots {
      case ".": if isLast { parts.append("") }
      case "..":
        _ = parts.popLast()
        if isLast { parts.append("") }
      default: parts.append(part)
      }
    }
    return "/" + parts.joined(separator: "/")
  }

  /// A base URL of an option: without user, query and fragment, no slash at its end, whose scheme is https, or http on this
  /// machine (or anywhere, if `admitInsecure`).
  static func secure(_ text: String, admitInsecure: Bool) -> String? {
    guard let address = WebAddress(text), address.rest.isEmpty, !text.contains("@") else { return nil }
    let isSafe = address.origin.hasPrefix("https://") || admitInsecure || address.isOnThisMachine
    guard isSafe else { return nil }
    var base = address.target
    while base.hasSuffix("/") { base.removeLast() }
    return base
  }

  private var isOnThisMachine: Bool {
    let host = origin.dropFirst("http://".count)
    let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
    if name == "localhost" || name == "[::1]" { return true }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil && !$0.hasPrefix("+") }
  }
}

extension String {
  /// Each occurrence of an escaped dot, already in lower case, as the dot.
  fileprivate func replacing(_ escaped: String) -> String {
    var out = ""
    var left = self[...]
    while !left.isEmpty {
      if left.hasPrefix(escaped) {
        out.append(".")
        left = left.dropFirst(escaped.count)
      } else {
        out.append(left.removeFirst())
      }
    }
    return out
  }
}
