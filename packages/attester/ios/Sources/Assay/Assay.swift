import AssayCore
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The SDK in an app for iOS.
///
/// ```swift
/// let assay = try Assay(AssayConfiguration(
///   endpoints: ["https://attest.example.com"], app: "com.example.shop", build: "2.4.0",
///   audiences: ["https://api.example.com": "https://api.example.com"]))
/// let (data, response) = try await assay.data(for: request)
/// ```
public final class Assay: Sendable {
  /// The SDK itself, for everything without a shorthand in this class.
  public let client: AssayClient
  let session: URLSession
  /// The `Authorization` that the session adds to requests without one.
  let login: String?
  private let lifeCycle: LifeCycle
  private let networkReturn: NetworkReturn

  /// - Parameters:
  ///   - session: sends requests to protected APIs; its own delegate is not asked about their redirects
  ///   - script: the file that a React Native app has loaded in place of the script in the app, as an update over the
  ///     air leaves it. It is measured under the original name; `build` of the configuration is then the id of the
  ///     update
  /// - Throws: ``AssayMisuse`` naming the option that is missing or wrong; a development secret is, outside of debuggable
  ///   builds
  public convenience init(_ configuration: AssayConfiguration, session: URLSession = .shared, script: URL? = nil) throws {
    try configuration.checkDevelopmentOnly()
    try self.init(configuration, session: session, ports: .system(configuration, script: script))
  }

  init(_ configuration: AssayConfiguration, session: URLSession = .shared, ports: Ports, network: any NetworkWatch = SystemNetwork()) throws {
    let client = try AssayClient(configuration, ports)
    self.client = client
    self.session = session
    login = session.configuration.login
    lifeCycle = LifeCycle { Task { await client.wake() } }
    networkReturn = NetworkReturn(network) { Task { await client.wake() } }
  }

  /// Gets the first tokens before the first request needs them. Failures are reported as events.
  public func prefetch() {
    Task { [client] in _ = try? await client.prefetch() }
  }

  /// A valid token, from memory or by an exchange that all callers share.
  ///
  /// - Throws: ``AssayError``; ``AssayMisuse`` for an audience that is not configured
  public func token(for audience: String? = nil, forceRefresh: Bool = false) async throws -> AssayToken {
    try await client.token(for: audience, forceRefresh: forceRefresh)
  }

  /// Sends a request. A request to a protected API carries token and proof, and is sent once more if the API wants a
  /// nonce or another token; a redirect of a protected API is refused. Any other request is sent as it is.
  ///
  /// - Throws: ``AssayError``; ``AssayMisuse`` for a URL of a protected API that is not in normal form; whatever `URLSession` throws;
  ///   `CancellationError` if the task is cancelled while a token is obtained
  public func data(for request: URLRequest) async throws -> (Data, URLResponse) {
    guard let url = request.url?.absoluteString, client.protects(url) else { return try await session.data(for: request) }
    return try await client.perform(sending(request), canRepeat: request.httpBodyStream == nil) { [session] fields in
      var sent = request
      sent.set(fields)
      let (data, response) = try await session.answer(to: sent)
      // The SDK reads what the server wants only from answers with status 400; it looks at no other body.
      return (Answer(response, body: response.statusCode == 400 ? Bytes(data) : []), (data, response))
    }
  }

  /// Adds token and proof to a request that another HTTP client sends. They are valid for this request only, and that
  /// client must not follow redirects with them. A login that it adds by itself is not seen: set it before. A request to another
  /// URL is left as it is.
  ///
  /// - Throws: ``AssayError``; ``AssayMisuse`` for a URL of a protected API that is not in normal form
  public func sign(_ request: inout URLRequest) async throws {
    guard let url = request.url?.absoluteString, client.protects(url) else { return }
    request.set(try await client.proof(for: ProofRequest(request)).all)
  }

  /// Reports the answer to a signed request, so that the next proof has the nonce that the API wants.
  public func learn(from response: URLResponse) async {
    guard let response = response as? HTTPURLResponse, let url = response.url?.absoluteString else { return }
    await client.learn(from: url) { response.value(forHTTPHeaderField: $0) }
  }

  /// What the app calls its user, for support; `nil` for none. The next exchange carries it, and none is made for it.
  ///
  /// - Parameter text: 1 to 128 bytes of UTF-8, without control characters
  /// - Throws: ``AssayMisuse`` for another text
  public func setReference(_ text: String?) async throws {
    try await client.setReference(text)
  }

  /// All events from now on.
  public func events() async -> AsyncStream<AssayEvent> {
    await client.eventStream()
  }

  /// The current state, and each state that follows.
  public func states() async -> AsyncStream<AssayState> {
    await client.stateStream()
  }

  /// Recent events, safe to paste.
  public func debugLog() async -> String {
    await client.debugLog
  }

  /// Discards key and tokens. The next use creates a new installation.
  public func reset() async throws {
    try await client.reset()
  }

  /// Ends background work; each later call fails with `closed`.
  public func close() async {
    await client.close()
  }
}

extension Assay {
  /// A request as the session sends it.
  func sending(_ request: URLRequest) -> ProofRequest { ProofRequest(request, login: login) }
}

extension ProofRequest {
  /// - Parameter login: the `Authorization` that is added to a request without one
  init(_ request: URLRequest, login: String? = nil) {
    self.init(
      method: request.httpMethod ?? "GET", url: request.url?.absoluteString ?? "",
      authorization: request.value(forHTTPHeaderField: "Authorization") ?? login)
  }
}

extension URLSessionConfiguration {
  /// `Authorization` among the additional headers.
  fileprivate var login: String? {
    for (name, value) in httpAdditionalHeaders ?? [:] where (name as? String)?.lowercased() == "authorization" { return value as? String }
    return nil
  }
}

extension URLRequest {
  mutating func set(_ fields: [(name: String, value: String)]) {
    for (name, value) in fields { setValue(value, forHTTPHeaderField: name) }
  }
}
