import AssayFakes

@testable import AssayCore

/// Plays a scenario over the client, and reports what is seen after each step.
func answerBehaviour(_ input: Input) async throws -> JSON {
  let device = FakeDevice(wallError: Double(input.number("wallError")))
  let network = FakeNetwork()
  let chance = UInt8(input.number("chance"))
  let keys = PlayedKeys(input)
  let ports = Ports(
    clock: device, timers: device, transport: network, cryptography: LabCryptography { Bytes(repeating: chance, count: $0) },
    keyStore: keys, shared: Unshared(), evidence: input.list("evidence").map(PlayedSource.init),
    image: MemoryImages(memoryImage(input.list("segments"))), probes: [])
  var configuration = AssayConfiguration(
    endpoints: input.texts("endpoints"), app: input.text("app"), build: input.text("build"), audiences: audiences(input))
  configuration.requestTimeout = Double(input.number("requestTimeout"))
  configuration.idleAfter = Double(input.number("idleAfter"))
  let client = try AssayClient(configuration, ports)
  let player = Player(client, device, network)
  await player.listen()
  var seen: [JSON] = []
  for step in input.list("steps") {
    try await player.carryOut(Input(step))
    await LabExecutor.shared.idle()
    // What is due at once is not left for the next step.
    await device.pass(0)
    seen.append(player.taken())
  }
  await client.close()
  await LabExecutor.shared.idle()
  return .array(seen)
}

/// Pairs of prefix and audience.
func audiences(_ input: Input) -> [String: String] {
  Dictionary(
    uniqueKeysWithValues: input.list("audiences").map { pair in
      guard case .array(let parts) = pair, case .text(let prefix) = parts[0], case .text(let audience) = parts[1] else {
        fatalError("an audience is no pair")
      }
      return (prefix, audience)
    })
}

private final class Player: @unchecked Sendable {
  private let client: AssayClient
  private let device: FakeDevice
  private let network: FakeNetwork
  private var events: [JSON] = []
  private var results: [JSON] = []
  private var told = 0

  init(_ client: AssayClient, _ device: FakeDevice, _ network: FakeNetwork) {
    self.client = client
    self.device = device
    self.network = network
  }

  func listen() async {
    let stream = await client.eventStream()
    Task { for await event in stream { events.append(toldOf(event)) } }
    await LabExecutor.shared.idle()
  }

  func carryOut(_ step: Input) async throws {
    switch step.text("do") {
    case "getToken": Task { await settle(step) { try await self.token(step) } }
    case "proof": Task { await settle(step) { try await self.proof(step) } }
    case "answer": answer(step)
    case "pass": await device.pass(Double(step.number("milliseconds")))
    case "sleep": device.sleep(Double(step.number("milliseconds")))
    case "setWall": device.setWall(Double(step.number("milliseconds")))
    case "setReference":
      do {
        try await client.setReference(step.value("reference").written == "null" ? nil : step.text("reference"))
      } catch is AssayMisuse {
        results.append(.object([.init("misuse", .boolean(true))]))
      }
    case "wake": await client.wake()
    case "close": await client.close()
    default: throw Refusal(code: "UNKNOWN_STEP")
    }
  }

  private func settle(_ step: Input, _ work: () async throws -> [JSON.Member]) async {
    let id = JSON.Member("id", step.value("id"))
    do {
      results.append(.object([id] + (try await work())))
    } catch let error as AssayError {
      results.append(.object([id] + errorOf(error)))
    } catch is AssayMisuse {
      results.append(.object([id, .init("misuse", .boolean(true))]))
    } catch {
      fatalError("\(error) is no error of the SDK")
    }
  }

  private func token(_ step: Input) async throws -> [JSON.Member] {
    let forced = step.has("forceRefresh") && step.value("forceRefresh").written == "true"
    let token = try await client.token(for: step.has("audience") ? step.text("audience") : nil, forceRefresh: forced)
    let type: [JSON.Member] = token.tokenType.map { [.init("tokenType", .text($0.rawValue))] } ?? []
    return type + [
      .init("audience", .text(token.audience)), .init("token", .text(token.token)),
      .init("expiresIn", .integer(Int64(token.expiresIn))), .init("trace", .text(token.trace)),
    ]
  }

  private func proof(_ step: Input) async throws -> [JSON.Member] {
    let optional = { (name: String) in step.has(name) ? step.text(name) : nil }
    let request = ProofRequest(
      method: step.text("method"), url: step.text("url"), authorization: optional("authorization"), nonce: optional("nonce"))
    let fields = try await client.proof(for: request)
    let type: [JSON.Member] = fields.tokenType.map { [.init("scheme", .text($0.rawValue))] } ?? []
    let proof: [JSON.Member] = fields.proof.map { [.init("proof", .object(claims(of: $0, with: fields.token)))] } ?? []
    return type + [.init("token", .text(fields.token))] + proof
  }

  private func answer(_ step: Input) {
    let call = step.number("call")
    if step.has("fault") { return network.fail(call) }
    var headers: [String: String] = [:]
    if step.has("headers"), case .object(let members) = step.value("headers") {
      for member in members { if case .text(let value) = member.value { headers[member.name] = value } }
    }
    let body = step.has("text") ? Array(step.text("text").utf8) : step.value("body").bytes
    network.answer(call, status: step.has("status") ? step.number("status") : 200, headers: headers, body: body)
  }

  /// What was seen since it was last asked.
  func taken() -> JSON {
    let calls = network.calls.indices.dropFirst(told).map(seenCall)
    told = network.calls.count
    let kinds: [(String, [JSON])] = [("calls", calls), ("events", events), ("results", results)]
    (events, results) = ([], [])
    return .object(kinds.filter { !$0.1.isEmpty }.map { .init($0.0, .array($0.1)) })
  }

  private func seenCall(_ index: Int) -> JSON {
    let call = network.calls[index]
    guard case .object(let members)? = JSON.read(call.body) else { fatalError("a body is no object") }
    let body =
      call.url.hasSuffix("/v1/challenges")
      ? JSON.object(members.map { $0.name == "sdk" ? .init("sdk", .text("SDK")) : $0 }) : attested(.object(members), index)
    return .object([.init("url", .text(call.url)), .init("body", body)])
  }

  /// What of client data and evidence a scenario looks at. The same bytes as before are told by the number of that call.
  private func attested(_ body: JSON, _ index: Int) -> JSON {
    let data = JSON.read(Base64url.decode(body.string("client_data")!)!)!
    guard case .array(let items)? = body.member("evidence"), let key = data.member("key"),
      let thumbprint = try? LabCryptography().sha256(publicKey(key).thumbprintInput)
    else { fatalError("a body has no evidence or key") }
    var members: [JSON.Member] = [
      .init("challenge", data.member("challenge")!), .init("key", .text(Base64url.encode(thumbprint))),
      .init("evidence", .array(items.map { $0.member("format")! })),
    ]
    if let reference = data.member("reference") { members.append(.init("reference", reference)) }
    let first = network.calls.firstIndex { $0.body == network.calls[index].body }!
    if first < index { members.append(.init("same", .integer(Int64(first + 1)))) }
    return .object(members)
  }
}

/// Of the proof beside a token, but for what chance gives; `token` stands for the hash of that token.
func claims(of proof: String, with token: String) -> [JSON.Member] {
  guard case .object(let members)? = JSON.read(Base64url.decode(String(proof.split(separator: ".")[1]))!) else {
    fatalError("claims are no object")
  }
  let own = Base64url.encode(LabCryptography().sha256(Array(token.utf8)))
  return members.filter { $0.name != "jti" }.map { member in
    if member.name == "ath", case .text(let hash) = member.value, hash == own { return .init("ath", .text("token")) }
    return member
  }
}

private func seconds(_ value: Double) -> JSON {
  value.rounded() == value ? .integer(Int64(value)) : .real(value)
}

private func toldOf(_ event: AssayEvent) -> JSON {
  var members: [JSON.Member] = [.init("event", .text(event.name))]
  switch event {
  case .token(let told), .refreshed(let told):
    members += [
      .init("audiences", .array(told.audiences.map(JSON.text))), .init("expiresIn", seconds(told.expiresIn)),
      .init("trace", .text(told.trace)), .init("clockOffset", seconds(told.clockOffset)),
      .init("source", .text(told.source.rawValue)),
    ]
  case .refreshFailed(let error, let retryIn):
    members += [.init("error", .text(error.code.rawValue)), .init("retryIn", seconds(retryIn))]
  case .denied(let error):
    members.append(.init("error", .text(error.code.rawValue)))
    if let trace = error.trace { members.append(.init("trace", .text(trace))) }
    members += remedyOf(error)
  case .keyRenewed: break
  }
  return .object(members)
}

private func errorOf(_ error: AssayError) -> [JSON.Member] {
  var members: [JSON.Member] = [
    .init("error", .text(error.code.rawValue)), .init("retryable", .boolean(error.retryable)),
  ]
  if let problem = error.problem { members.append(.init("problem", .text(problem))) }
  if let trace = error.trace { members.append(.init("trace", .text(trace))) }
  if let retryAfter = error.retryAfter { members.append(.init("retryAfter", seconds(retryAfter))) }
  return members + remedyOf(error)
}

private struct Fault: Error {}

/// Fails as often as told, and then gives one key after the other.
private final class PlayedKeys: KeyStore, @unchecked Sendable {
  private let keys: [PublicKey]
  private var faults: [String: Int] = [:]
  private var current = 0
  private var enrolled: PublicKey?

  init(_ input: Input) {
    keys = input.list("keys").map { try! publicKey($0) }
    if input.has("enrolled"), input.value("enrolled").written == "true" { enrolled = keys[0] }
    guard case .object(let members) = input.value("keyFaults") else { return }
    for member in members { if case .integer(let times) = member.value { faults[member.name] = Int(times) } }
  }

  private func failing(_ what: String) throws {
    guard let left = faults[what], left > 0 else { return }
    faults[what] = left - 1
    throw Fault()
  }

  private var key: LabKey {
    LabKey(publicKey: keys[current]) { [self] _ in
      try failing("sign")
      return Bytes(repeating: 0, count: 64)
    }
  }

  func open() async throws -> any InstallationKey {
    try failing("open")
    return key
  }

  func renew() async throws -> any InstallationKey {
    try failing("renew")
    current += 1
    return key
  }

  func hasEnrolled(_ key: any InstallationKey) async -> Bool { enrolled == key.publicKey }
  func keepEnrolled(_ key: any InstallationKey) async { enrolled = key.publicKey }
}

/// Names its evidence by format and purpose.
private final class PlayedSource: EvidenceSource, @unchecked Sendable {
  private let format: String
  private var faults: (prepare: Int, collect: Int)

  init(_ given: JSON) {
    let input = Input(given)
    format = input.text("format")
    faults = (input.has("prepare") ? input.number("prepare") : 0, input.has("collect") ? input.number("collect") : 0)
  }

  func prepare(_ purpose: EvidencePurpose) async throws -> PreparedEvidence? {
    if faults.prepare > 0 {
      faults.prepare -= 1
      throw Fault()
    }
    return PreparedEvidence(format: "\(format)-\(purpose.rawValue)") { [self] binding in
      if faults.collect > 0 {
        faults.collect -= 1
        throw Fault()
      }
      return [.init("binding", .text(binding))]
    }
  }
}
