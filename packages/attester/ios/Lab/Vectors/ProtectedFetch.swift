import AssayFakes
import Foundation

@testable import Assay
@testable import AssayCore

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Through `Assay.data(for:)` and the system's `URLSession`, whose network is played: a URL of the service never gets there.
func answerProtectedFetch(_ input: Input) async throws -> JSON {
  let clock = SetClock()
  let service = PlayedAnswers(answer: refusal(input), life: (900, 800), types: types(input)) { audience, exchange in "\(audience)#\(exchange)" }
  var configuration = servedConfiguration(audiences(input))
  if input.has("authorizationServers") { configuration.authorizationServers = input.texts("authorizationServers") }
  if input.has("withoutToken") { configuration.withoutToken = .init(rawValue: input.text("withoutToken"))! }
  let network = URLSessionConfiguration.ephemeral
  network.protocolClasses = [PlayedAPI.self]
  let session = URLSession(configuration: network)
  defer { session.invalidateAndCancel() }
  let assay = try Assay(configuration, session: session, ports: servedPorts(service, clock: clock))
  var output: [JSON] = []
  do {
    for request in input.list("requests").map(Input.init) {
      clock.pass(request.has("after") ? request.number("after") : 0)
      PlayedAPI.script.begin(request.list("answers").map(Input.init))
      let (_, response) = try await assay.data(for: urlRequest(request))
      let status = (response as? HTTPURLResponse)?.statusCode ?? 0
      output.append(.object([.init("calls", .array(PlayedAPI.script.calls)), .init("status", .integer(Int64(status)))]))
    }
  } catch let error as AssayError {
    throw Refusal(code: error.code.rawValue, details: .object([.init("calls", .array(PlayedAPI.script.calls))]))
  }
  await assay.close()
  return .array(output)
}

/// Pairs of audience and scheme, of the APIs of the kind `access`.
private func types(_ input: Input) -> [String: String] {
  guard input.has("tokenTypes") else { return [:] }
  return Dictionary(
    uniqueKeysWithValues: input.list("tokenTypes").map { pair in
      guard case .array(let parts) = pair, case .text(let audience) = parts[0], case .text(let scheme) = parts[1] else {
        fatalError("a token type is no pair")
      }
      return (audience, scheme)
    })
}

/// With what the service refuses every request, where the case has it so.
private func refusal(_ input: Input) -> Answer? {
  guard input.has("refusal") else { return nil }
  return Answer(status: 403, header: { _ in nil }, body: JSON.object([.init("code", input.value("refusal"))]).bytes)
}

private func urlRequest(_ input: Input) -> URLRequest {
  var request = URLRequest(url: URL(string: input.text("url"))!)
  request.httpMethod = input.text("method")
  if input.has("authorization") { request.setValue(input.text("authorization"), forHTTPHeaderField: "Authorization") }
  if input.has("stream") { request.httpBodyStream = InputStream(data: Data()) }
  return request
}

private final class SetClock: DeviceClock, @unchecked Sendable {
  private let lock = NSLock()
  private var now = 0.0

  func pass(_ milliseconds: Int) {
    lock.withLock { now += Double(milliseconds) }
  }

  func monotonic() -> Double { lock.withLock { now } }
  func wall() -> Double { lock.withLock { now } }
}

/// What the APIs answer, and what they have seen.
private final class Script: @unchecked Sendable {
  private let lock = NSLock()
  private var answers: [Input] = []
  private var seen: [JSON] = []

  func begin(_ answers: [Input]) {
    lock.withLock { (self.answers, seen) = (answers, []) }
  }

  func next(_ request: URLRequest) -> Input {
    lock.withLock {
      seen.append(toldOf(request))
      guard !answers.isEmpty else { fatalError("an API was asked more often than the case has answers") }
      return answers.removeFirst()
    }
  }

  var calls: [JSON] { lock.withLock { seen } }
}

/// The network of a session, in which every host answers by one script.
private final class PlayedAPI: URLProtocol {
  static let script = Script()

  override class func canInit(with request: URLRequest) -> Bool { true }
  override class func canonicalRequest(for request: URLRequest) -> URLRequest { request }
  override func stopLoading() {}

  override func startLoading() {
    let answer = Self.script.next(request)
    var fields: [String: String] = [:]
    if case .object(let members) = answer.value("headers") {
      for member in members { if case .text(let value) = member.value { fields[member.name] = value } }
    }
    let response = HTTPURLResponse(
      url: request.url!, statusCode: answer.number("status"), httpVersion: "HTTP/1.1", headerFields: fields)!
    client?.urlProtocol(self, didReceive: response, cacheStoragePolicy: .notAllowed)
    client?.urlProtocol(self, didLoad: Data(answer.text("text").utf8))
    client?.urlProtocolDidFinishLoading(self)
  }
}

private func toldOf(_ request: URLRequest) -> JSON {
  let field = { (name: String) in request.value(forHTTPHeaderField: name) }
  let (attestation, proof) = (field("OAuth-Client-Attestation"), field("DPoP"))
  // A token of ours names its exchange; a user's login does not.
  let authorization = (field("Authorization") ?? "").split(separator: " ").map(String.init)
  let access = authorization.count == 2 && authorization[1].contains("#") ? authorization[1] : nil
  guard attestation == nil || access == nil else { fatalError("a token goes into one field") }
  let token = attestation ?? access
  let isBearer = access != nil && authorization[0] == "Bearer"
  guard (token == nil || isBearer) == (proof == nil) else { fatalError("a token comes with a proof, and only so") }
  let exchange = token.map { JSON.integer(Int64($0.split(separator: "#")[1])!) } ?? .null
  var members: [JSON.Member] = [
    .init("url", .text(request.url!.absoluteString)), .init("method", .text(request.httpMethod!)), .init("token", exchange),
  ]
  if access != nil { members.append(.init("scheme", .text(authorization[0]))) }
  if let proof, let token {
    members += claims(of: proof, with: token).filter { ["nonce", "ath"].contains($0.name) }
  }
  if let told = field("Assay-Status") { members.append(.init("told", .text(told))) }
  return .object(members)
}
