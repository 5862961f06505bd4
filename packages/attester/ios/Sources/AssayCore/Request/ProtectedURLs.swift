/// Which URLs belong to protected APIs.
final class ProtectedURLs: Sendable {
  /// Longest first. With a trailing slash, so that `/v1` is not treated as a prefix of `/v10`, nor `example.com` as one
  /// of `example.com.evil`.
  private let prefixes: [(prefix: String, audience: String)]
  /// Distinct audiences, in the order of their prefixes' bytes.
  let audiences: [String]

  /// - Throws: ``AssayMisuse`` for a key that is not an origin or URL prefix, and for no audience, more than 8, or an
  /// invalid one
  init(_ given: [String: String], admitInsecure: Bool) throws {
    var pairs: [(prefix: String, audience: String)] = []
    for (key, audience) in given { pairs.append((key, audience)) }
    var audiences: [String] = []
    for index in ordered(Array(pairs.indices), { pairs[$0].prefix.precedes(pairs[$1].prefix) })
    where !audiences.has(pairs[index].audience) {
      audiences.append(pairs[index].audience)
    }
    for index in pairs.indices {
      guard let prefix = WebAddress.secure(pairs[index].prefix, admitInsecure: admitInsecure) else { throw AssayMisuse("audiences") }
      pairs[index].prefix = prefix + "/"
    }
    guard (1...8).contains(audiences.count), audiences.allSatisfy(isVisibleASCII) else { throw AssayMisuse("audiences") }
    self.audiences = audiences
    prefixes = ordered(Array(pairs.indices)) { pairs[$0].prefix.utf8.count > pairs[$1].prefix.utf8.count }.map { pairs[$0] }
  }

  /// The audience of the protected API that a URL belongs to, or `nil` for every other URL.
  func audience(of address: WebAddress) -> String? {
    let target = address.target + "/"
    for (prefix, audience) in prefixes where target.utf8.starts(with: prefix.utf8) { return audience }
    return nil
  }
}
