import AssayFakes
import CryptoKit
import Foundation

@testable import AssayCore

/// The platform's library answers, as in an app.
func answerSignatures(_ input: Input) throws -> JSON {
  let key = try publicKey(input.value("key"))
  guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: Data(input.bytes("signature"))),
    let signer = try? P256.Signing.PublicKey(rawRepresentation: Data(key.x + key.y)),
    signer.isValidSignature(signature, for: try input.bytes("data"))
  else { throw Refusal(code: "SIGNATURE") }
  return .boolean(true)
}

/// Through the client: what it sends, and to whom.
func answerProofs(_ input: Input) async throws -> JSON {
  switch input.text("op") {
  case "proof": return try await proof(input)
  case "pop": return try await proofForAudience(input)
  case "endpoint": return try await endpoint(input.text("url"))
  case "protected": return try await audience(input)
  default: throw Refusal(code: "UNKNOWN_OP")
  }
}

private func proof(_ input: Input) async throws -> JSON {
  let url = input.text("url")
  return try await proof(input, .dpop, audience: "a", method: input.text("method"), url: url, prefix: WebAddress(url)!.origin)
}

/// The URL is left out of such a proof.
private func proofForAudience(_ input: Input) async throws -> JSON {
  try await proof(
    input, .attestationPoP, audience: input.text("audience"), method: "POST", url: "https://as.example/token",
    prefix: "https://as.example")
}

private func proof(
  _ input: Input, _ form: ProofForm, audience: String, method: String, url: String, prefix: String
) async throws -> JSON {
  let key = LabKey(publicKey: try publicKey(input.value("key"))) { _ in Bytes(repeating: 0, count: 64) }
  let jti = try input.bytes("jti")
  let ports = servedPorts(
    PlayedAnswers(serverTime: input.number("iat")), key: key,
    crypto: LabCryptography { $0 == 16 ? jti : Bytes(repeating: 0, count: $0) })
  var configuration = servedConfiguration([prefix: audience])
  configuration.proof = form
  let client = try AssayClient(configuration, ports)
  let optional = { (name: String) in input.has(name) ? input.text(name) : nil }
  let fields = try await client.proof(
    for: ProofRequest(method: method, url: url, authorization: optional("authorization"), nonce: optional("nonce")))
  let parts = fields.proof!.split(separator: ".").map { String(decoding: Base64url.decode(String($0))!, as: UTF8.self) }
  return .object([.init("header", .text(parts[0])), .init("payload", .text(parts[1]))])
}

private func endpoint(_ url: String) async throws -> JSON {
  let service = PlayedAnswers(path: "/v1/challenges", answer: Answer(status: 400, header: { _ in nil }, body: Array("{\"code\":\"request_invalid\"}".utf8)))
  let client = try await orMisuse { try served(["https://api.example": "https://api.example"], service, endpoints: [url]) }
  _ = try? await client.token()
  return .text(String(service.asked.dropLast("/v1/challenges".count)))
}

private func audience(_ input: Input) async throws -> JSON {
  let client = try await orMisuse { try served(audiences(input), PlayedAnswers()) }
  do {
    let fields = try await client.proof(for: ProofRequest(method: "GET", url: input.text("url")))
    return .text(String(fields.token.dropFirst("for:".count)))
  } catch is AssayMisuse {
    throw Refusal(code: "NOT_PROTECTED")
  }
}

func orMisuse<T>(_ work: () async throws -> T) async throws -> T {
  do { return try await work() } catch is AssayMisuse { throw Refusal(code: "MISUSE") }
}

/// Through the client, which the service answers in the same way however often it asks.
func answerRefusals(_ input: Input) async throws -> JSON {
  var fields: [String: String] = [:]
  if case .object(let members) = input.value("headers") {
    for member in members { if case .text(let value) = member.value { fields[member.name.lowercased()] = value } }
  }
  let headers = fields
  let answer = Answer(status: input.number("status"), header: { headers[$0.lowercased()] }, body: Array(input.text("text").utf8))
  let client = try served(
    ["https://api.example": "https://api.example"], PlayedAnswers(path: "/v1/\(input.text("path"))", answer: answer))
  do {
    _ = try await client.token()
    return .boolean(true)
  } catch let error as AssayError {
    // That a good answer has no token for this API is not a fault of the answer.
    if error.code == .attestationDenied, error.problem == nil { return .boolean(true) }
    var details: [JSON.Member] = [.init("retryable", .boolean(error.retryable))]
    if let problem = error.problem { details.append(.init("problem", .text(problem))) }
    if let trace = error.trace { details.append(.init("trace", .text(trace))) }
    if let retryAfter = error.retryAfter { details.append(.init("retryAfter", .integer(Int64(retryAfter)))) }
    details += remedyOf(error)
    throw Refusal(code: error.code.rawValue, details: .object(details))
  }
}

/// The remedy as the files have it.
func remedyOf(_ error: AssayError) -> [JSON.Member] {
  guard let remedy = error.remedy else { return [] }
  let code: [JSON.Member] = remedy.typeCode.map { [.init("typeCode", .integer(Int64($0)))] } ?? []
  return [.init("remedy", .object([.init("kind", .text(remedy.kind.rawValue))] + code))]
}

/// A client without time: pauses between attempts pass at once, and nothing comes later.
private func served(
  _ audiences: [String: String], _ service: PlayedAnswers, endpoints: [String] = ["https://attest.example"]
) throws -> AssayClient {
  try AssayClient(servedConfiguration(audiences, endpoints: endpoints), servedPorts(service))
}

func servedConfiguration(
  _ audiences: [String: String], endpoints: [String] = ["https://attest.example"]
) -> AssayConfiguration {
  AssayConfiguration(endpoints: endpoints, app: "com.example.app", build: "1.0+1", audiences: audiences)
}

func servedPorts(
  _ service: PlayedAnswers, key: LabKey = LabKey(), clock: any DeviceClock = StoppedClock(),
  crypto: LabCryptography = LabCryptography { Bytes(repeating: 0, count: $0) }
) -> Ports {
  Ports(
    clock: clock, timers: ImmediateTimers(), transport: service, cryptography: crypto, keyStore: LabKeyStore { key },
    shared: Unshared(), evidence: [], image: MemoryImages(MemoryImage([("main", .script, Bytes(repeating: 1, count: 64))])),
    probes: [])
}

/// A service that gives a token for every audience at once, or one answer at one path, or at all.
final class PlayedAnswers: Transport, @unchecked Sendable {
  private let path: String?
  private let answer: Answer?
  private let serverTime: Int
  /// Seconds for which tokens are valid, and after which to refresh them.
  private let life: (valid: Int64, refresh: Int64)
  /// The token for an audience in an exchange, counted from 1.
  private let token: @Sendable (_ audience: String, _ exchange: Int) -> String
  /// The schemes of APIs of the kind `access`.
  private let types: [String: String]
  private var exchanges = 0
  private(set) var asked = ""

  init(
    path: String? = nil, answer: Answer? = nil, serverTime: Int = 0, life: (valid: Int64, refresh: Int64) = (300, 150),
    types: [String: String] = [:], token: @escaping @Sendable (String, Int) -> String = { audience, _ in "for:\(audience)" }
  ) {
    self.types = types
    self.life = life
    self.token = token
    self.path = path
    self.answer = answer
    self.serverTime = serverTime
  }

  func post(_ body: Bytes, to url: String) async throws -> Answer {
    asked = url
    if let answer, url.hasSuffix(path ?? "") { return answer }
    if url.hasSuffix("/v1/challenges") {
      let plan =
        "{\"v\":1,\"app\":\"com.example.app\",\"build\":\"1.0+1\",\"epoch\":0,\"seed\":\"\(Base64url.encode(Bytes(repeating: 0, count: 32)))\","
        + "\"coverage\":\"image\",\"reads\":[{\"op\":\"range\",\"segment\":0,\"length\":16}],\"live\":{\"show\":[],\"run\":[]},\"probes\":[]}"
      return good([
        .init("attestation_challenge", .text(Base64url.encode(Bytes(repeating: 0, count: 48)))),
        .init("plan", .text(Base64url.encode(Array(plan.utf8)))), .init("expires_in", .integer(120)),
      ])
    }
    let data = JSON.read(Base64url.decode(JSON.read(body)!.string("client_data")!)!)!
    guard case .array(let audiences)? = data.member("audiences") else { fatalError("client data has no audiences") }
    exchanges += 1
    let tokens = audiences.map { one -> JSON in
      guard case .text(let audience) = one else { fatalError("an audience is no text") }
      let type: [JSON.Member] = types[audience].map { [.init("token_type", .text($0))] } ?? []
      return .object(
        [.init("audience", one), .init("token", .text(token(audience, exchanges)))] + type + [.init("expires_in", .integer(life.valid))])
    }
    return good([
      .init("tokens", .array(tokens)), .init("refresh_after", .integer(life.refresh)), .init("server_time", .integer(Int64(serverTime))),
      .init("trace", .text("rrrrrrrrrrrrrrrrrrrrrr")),
    ])
  }

  private func good(_ members: [JSON.Member]) -> Answer {
    Answer(status: 200, header: { _ in nil }, body: JSON.object(members).bytes)
  }
}
