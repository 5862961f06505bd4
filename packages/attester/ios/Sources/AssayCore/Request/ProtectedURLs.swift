/// Which URLs belong to protected APIs.
struct ProtectedURLs: Sendable {
  /// Longest first. Closed by a slash, so that `/v1` is not treated as a prefix of `/v10`, nor `example.com` for one of
  /// `example.com.evil`.
  private let prefixes: [(prefix: String, audience: String)]

  /// - Throws: ``AssayMisuse`` for a key that is not an origin or URL prefix
  init(_ audiences: [String: String], admitInsecure: Bool) throws {
    prefixes = try audiences.map { key, audience in
      guard let prefix = WebAddress.secure(key, admitInsecure: admitInsecure) else { throw AssayMisuse("audiences") }
      return (prefix + "/", audience)
    }.sorted { $0.prefix.utf8.count > $1.prefix.utf8.count }
  }

  /// The audience of the protected API that a URL belongs to, or `nil` for every other URL.
  func audience(of address: WebAddress) -> String? {
    let target = address.target + "/"
    return prefixes.first { target.utf8.starts(with: $0.prefix.utf8) }?.audience
  }
}
