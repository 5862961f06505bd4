/// A request that is ready to be sent, and is resent byte for byte: the service gives the same tokens for it. It is
/// kept until it is answered, so that it outlives a failed exchange, and the process.
final class PreparedRequest: Sendable {
  let key: any InstallationKey
  let body: Bytes
  /// When its challenge was requested.
  let askedAt: Reading
  /// Milliseconds from then for which the challenge is valid.
  let goodFor: Double

  init(key: any InstallationKey, body: Bytes, askedAt: Reading, goodFor: Double) {
    self.key = key
    self.body = body
    self.askedAt = askedAt
    self.goodFor = goodFor
  }

  func isGood(_ clock: any DeviceClock) -> Bool {
    clock.monotonic() <= askedAt.monotonic + goodFor
  }
}

extension PreparedRequest {
  /// As ``SharedState`` keeps it. The key is not part of it; it has its own store.
  func stored(for configuration: CheckedConfiguration) -> Bytes {
    JSON.object([
      .init("id", .text(configuration.identity(of: key))),
      .init("body", .text(String(decoding: body, as: UTF8.self))),
      .init("asked_at", .integer(whole(askedAt.wall))),
      .init("good_for", .integer(whole(goodFor))),
    ]).bytes
  }

  /// What is in `stored`, or `nil` if it is not for this app, build, key and audiences, if its challenge is past its
  /// time, or if the wall clock was set back to before it was requested: then its age is unknown.
  convenience init?(stored: Bytes?, for configuration: CheckedConfiguration, key: any InstallationKey, clock: any DeviceClock) {
    guard let stored, let found = JSON.read(stored),
      found["id"]?.text?.isSame(as: configuration.identity(of: key)) == true,
      let body = found["body"]?.text, let asked = found["asked_at"]?.number, let goodFor = found["good_for"]?.number
    else { return nil }
    let now = clock.reading
    let age = now.wall - asked
    guard age >= 0 else { return nil }
    self.init(
      key: key, body: Array(body.utf8), askedAt: Reading(monotonic: now.monotonic - age, wall: asked), goodFor: goodFor)
    guard isGood(clock) else { return nil }
  }
}
