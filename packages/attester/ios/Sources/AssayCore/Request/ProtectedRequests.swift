/// Requests to protected APIs, which carry token and proof and follow no redirect, because the system would take both
/// along to wherever it leads.
@AssayActor
final class ProtectedRequests {
  private let configuration: CheckedConfiguration
  private let clock: any DeviceClock
  private let authorizer: Authorizer
  /// Audiences that refused a fresh token too, and until when no other is obtained for them.
  private var vain: [(audience: String, until: Double)] = []

  /// Milliseconds. An API that refuses everything, for instance because its base URL is misconfigured, must not cause
  /// an exchange with every request.
  private let vainFor = 60_000.0

  nonisolated init(_ configuration: CheckedConfiguration, _ clock: any DeviceClock, _ authorizer: Authorizer) {
    self.configuration = configuration
    self.clock = clock
    self.authorizer = authorizer
  }

  /// Sends a request, once more if the API wants a nonce or another token, unless its body can be sent only once.
  ///
  /// - Parameter send: sends the request with these fields added, follows no redirect, and returns the answer
  /// - Throws: ``AssayError``; whatever `send` throws
  func perform<T: Sendable>(
    _ request: ProofRequest, _ audience: String, _ address: WebAddress, canRepeat: Bool,
    _ send: @Sendable ([(name: String, value: String)]) async throws -> (Answer, T)
  ) async throws -> T {
    var tried: [Demand] = []
    var unwanted: String?
    while true {
      let (fields, sent) = try await fields(request, audience, address, unwanted: unwanted)
      let (answer, value) = try await send(fields)
      authorizer.learn(address, answer.header)
      if [301, 302, 303, 307, 308].contains(answer.status) { throw AssayError(.redirectRefused) }
      let isAuthorizationServer = configuration.given.authorizationServers.has(audience)
      guard let sent, let demand = Demand(answer, isAuthorizationServer: isAuthorizationServer, isAccess: sent.tokenType != nil), canRepeat,
        !(demand == .token && isVain(audience))
      else { return value }
      if tried.contains(demand) {
        if demand == .token { vain.append((audience, clock.monotonic() + vainFor)) }
        return value
      }
      tried.append(demand)
      unwanted = demand == .token ? sent.token : nil
    }
  }

  /// The fields of one request: token and proof, or in their place why there are none, where the app wants that.
  ///
  /// - Parameter unwanted: a token that the API refused
  /// - Returns: `sent`, token and proof if they are among them
  /// - Throws: ``AssayError``
  func fields(
    _ request: ProofRequest, _ audience: String, _ address: WebAddress, unwanted: String?
  ) async throws -> (all: [(name: String, value: String)], sent: ProofFields?) {
    do {
      let fields = try await authorizer.authorize(audience, address, request, unwanted: unwanted)
      return (fields.all, fields)
    } catch let error as AssayError
      where configuration.given.withoutToken == .send && error.code != .closed && error.code != .authorizationPresent
    {
      return ([("Assay-Status", error.code.rawValue)], nil)
    }
  }

  private func isVain(_ audience: String) -> Bool {
    vain.removeAll { $0.until <= clock.monotonic() }
    for one in vain where one.audience.isSame(as: audience) { return true }
    return false
  }
}
