/// The result of one exchange: the answer of the service, and what belongs to it. Times are in milliseconds.
final class Grant: Sendable {
  /// The key that the tokens name.
  let key: any InstallationKey
  let tokens: [IssuedToken]
  /// Seconds after which to attest again; 0 for half of the life.
  let refreshAfter: Double
  let trace: String
  /// APIs that were asked for and have no token.
  let denied: [Denied]
  /// When the request was sent, so that transit time counts against the tokens.
  let sentAt: Reading
  /// To add to the wall clock to get the time of the service.
  let offset: Double

  init(
    key: any InstallationKey, tokens: [IssuedToken], refreshAfter: Double, trace: String, denied: [Denied], sentAt: Reading,
    offset: Double
  ) {
    self.key = key
    self.tokens = tokens
    self.refreshAfter = refreshAfter
    self.trace = trace
    self.denied = denied
    self.sentAt = sentAt
    self.offset = offset
  }

  /// That an API has no token, and what the user can do about that.
  func denial(of audience: String) -> AssayError {
    var remedy: Remedy?
    for one in denied.reversed() where one.audience.isSame(as: audience) { remedy = one.remedy }
    return AssayError(.attestationDenied, trace: trace, remedy: remedy)
  }

  /// Time since the tokens were requested, by whichever clock shows more.
  private func since(_ clock: any DeviceClock) -> Reading {
    let now = clock.reading
    return Reading(monotonic: now.monotonic - sentAt.monotonic, wall: now.wall - sentAt.wall)
  }

  /// What is left of a lifetime given in seconds. The monotonic clock decides, unless the wall clock is ahead: a token
  /// that seems older than it is costs one exchange; one that seems younger costs a refused request.
  private func left(of seconds: Double, _ clock: any DeviceClock) -> Double {
    let age = since(clock)
    return seconds * 1000 - max(age.monotonic, age.wall)
  }

  /// How long a token may still be sent. A twentieth of its lifetime, at most 5 s, is reserved for transit.
  func remaining(_ token: IssuedToken, _ clock: any DeviceClock) -> Double {
    left(of: token.expiresIn - min(5, token.expiresIn / 20), clock)
  }

  /// Whether any of the tokens may still be sent.
  func isGood(_ clock: any DeviceClock) -> Bool {
    for token in tokens where remaining(token, clock) > 0 { return true }
    return false
  }

  /// Seconds until the first of the tokens expires, as the service counted them.
  var shortestLife: Double {
    var shortest = tokens.first?.expiresIn ?? 0
    for token in tokens where token.expiresIn < shortest { shortest = token.expiresIn }
    return shortest
  }

  /// Time until an exchange is due: at half of the shortest lifetime, or earlier if the service says so.
  func untilRefresh(_ clock: any DeviceClock) -> Double {
    let half = shortestLife / 2
    return left(of: min(half, refreshAfter > 0 ? refreshAfter : half), clock)
  }

  /// Whether one of the clocks was set, or stood still, since the offset was learned: then it is unclear which of the
  /// two is right, and the offset must be learned again.
  func isClockInDoubt(_ clock: any DeviceClock) -> Bool {
    let age = since(clock)
    return abs(age.monotonic - age.wall) > 30_000
  }
}
