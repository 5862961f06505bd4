import AssayFakes

@testable import AssayCore

/// Through the client, which measures, writes and has it signed; only the service is played.
func answerClientData(_ input: Input) async throws -> JSON {
  let seen = Seen()
  let key = LabKey(publicKey: try publicKey(input.value("key"))) { data in
    seen.signed = data
    return Bytes(repeating: 0, count: 64)
  }
  let audiences = input.texts("audiences")
  let probes = try namedAnswers(input.list("probes")).map { one in Probe(one.name) { one.answer } }
  let ports = Ports(
    clock: StoppedClock(), timers: ImmediateTimers(), transport: PlayedService(input, seen),
    cryptography: LabCryptography { Bytes(repeating: 0, count: $0) }, keyStore: LabKeyStore { key }, shared: Unshared(),
    evidence: input.texts("evidence").map(PlayedEvidence.init), image: images(input),
    probes: probes)
  let client = try AssayClient(
    AssayConfiguration(
      endpoints: ["https://attest.example"], app: input.text("app"), build: input.text("build"),
      audiences: Dictionary(uniqueKeysWithValues: audiences.enumerated().map { ("https://\($0).example", $1) })), ports)
  if input.has("reference") { try await orMisuse { try await client.setReference(input.text("reference")) } }
  do {
    _ = try await client.token(for: audiences[0])
    throw Refusal(code: "NOT_REFUSED")
  } catch let error as AssayError {
    guard let data = seen.clientData, let signed = seen.signed else { throw Refusal(code: error.code.rawValue) }
    let (renamed, renamedSigned) = (rename(data, input.text("sdk")), rename(signed, input.text("sdk")))
    return .object([
      .init("client_data", .text(Base64url.encode(renamed))),
      .init("binding", .text(ClientData.binding(renamed, LabCryptography()))),
      .init("signed", .text(Base64url.encode(LabCryptography().sha256(renamedSigned)))),
    ])
  }
}

/// The second image of a case is a list of segments, or `null` where it cannot be reached.
private func images(_ input: Input) -> MemoryImages {
  var second: MemoryImage?
  if input.has("text"), case .array(let segments) = input.value("text") { second = memoryImage(segments) }
  return MemoryImages(memoryImage(input.list("segments")), text: second)
}

/// The SDK calls itself by its own name, and the case by another.
private func rename(_ bytes: Bytes, _ sdk: String) -> Bytes {
  let own = Array("\"sdk\":\"\(sdkName)\"".utf8)
  guard let at = bytes.indices.first(where: { bytes[$0...].starts(with: own) }) else { fatalError("no name of the SDK") }
  return Array(bytes[..<at]) + Array("\"sdk\":\"\(sdk)\"".utf8) + Array(bytes[(at + own.count)...])
}

private final class Seen: @unchecked Sendable {
  var clientData: Bytes?
  var signed: Bytes?
}

private struct PlayedService: Transport {
  private let input: Input
  private let seen: Seen

  init(_ input: Input, _ seen: Seen) {
    self.input = input
    self.seen = seen
  }

  func post(_ body: Bytes, to url: String) async throws -> Answer {
    if url.hasSuffix("/v1/challenges") {
      let answer = JSON.object([
        .init("attestation_challenge", input.value("challenge")), .init("plan", input.value("plan")),
        .init("expires_in", .integer(120)), .init("evidence", .text("enrolment")),
      ])
      return Answer(status: 200, header: { _ in nil }, body: answer.bytes)
    }
    seen.clientData = JSON.read(body)?.string("client_data").flatMap(Base64url.decode)
    return Answer(status: 403, header: { _ in nil }, body: Array("{\"code\":\"attestation_denied\"}".utf8))
  }
}

private struct PlayedEvidence: EvidenceSource {
  let format: String

  func prepare(_ purpose: EvidencePurpose) async throws -> PreparedEvidence? {
    PreparedEvidence(format: format) { _ in [] }
  }
}

struct StoppedClock: DeviceClock {
  func monotonic() -> Double { 0 }
  func wall() -> Double { 0 }
}

/// Pauses end at once; what is longer than a pause never does.
struct ImmediateTimers: Timers {
  func schedule(after milliseconds: Double, _ action: @escaping @Sendable () async -> Void) -> any Scheduled {
    if milliseconds < 5000, milliseconds != 2000 { Task { await action() } }
    return Nothing()
  }

  private struct Nothing: Scheduled {
    func cancel() {}
  }
}
