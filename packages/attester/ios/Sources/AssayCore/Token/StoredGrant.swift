extension Grant {
  /// As ``SharedState`` keeps it. The key is not part of it; it has its own store.
  func stored(for configuration: CheckedConfiguration) -> Bytes {
    JSON.object([
      .init("id", .text(configuration.identity(of: key))),
      .init("tokens", .array(tokens.map(\.json))),
      .init("refresh_after", .integer(whole(refreshAfter))),
      .init("trace", .text(trace)),
      .init("remedies", .array(denied.map(\.json))),
      .init("sent_at", .integer(whole(sentAt.wall))),
      .init("offset", .integer(whole(offset))),
    ]).bytes
  }

  /// The grant in `stored`, or `nil` if it is not for this app, build, key and audiences, or if the wall clock was set
  /// back to before it was obtained: then its age is unknown. Monotonic clocks start again with the device.
  convenience init?(
    stored: Bytes?, for configuration: CheckedConfiguration, key: any InstallationKey, clock: any DeviceClock
  ) {
    guard let stored, let found = JSON.read(stored),
      found["id"]?.text?.isSame(as: configuration.identity(of: key)) == true,
      let tokens = IssuedToken.all(found["tokens"]),
      let refreshAfter = found["refresh_after"]?.number, let trace = found["trace"]?.text,
      let sentAt = found["sent_at"]?.number, let offset = found["offset"]?.number
    else { return nil }
    let now = clock.reading
    let age = now.wall - sentAt
    guard age >= 0 else { return nil }
    self.init(
      key: key, tokens: tokens, refreshAfter: refreshAfter, trace: trace, denied: Denied.all(found["remedies"]),
      sentAt: Reading(monotonic: now.monotonic - age, wall: sentAt), offset: offset)
  }
}

extension CheckedConfiguration {
  /// The context of what is kept: a change to any of these makes it useless.
  func identity(of key: any InstallationKey) -> String {
    (["1", given.app, given.build, key.publicKey.jwk.written] + audiences).joined(separator: " ")
  }
}

extension IssuedToken {
  fileprivate var json: JSON {
    var members: [JSON.Member] = [
      .init("audience", .text(audience)), .init("token", .text(token)), .init("expires_in", .integer(whole(expiresIn))),
    ]
    if let type { members.append(.init("token_type", .text(type.rawValue))) }
    return .object(members)
  }
}

/// Rounded down, as far as a whole number can hold it.
func whole(_ value: Double) -> Int64 {
  Int64(max(-9e15, min(9e15, value.rounded(.down))))
}
