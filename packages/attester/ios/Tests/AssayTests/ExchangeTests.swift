import AssayFakes
import Foundation
import Testing

@testable import Assay
@testable import AssayCore

func configuration() -> AssayConfiguration {
  AssayConfiguration(
    endpoints: ["https://attest.example"], app: "com.example.app", build: "1",
    audiences: ["https://api.example": "api", "https://other.example/v1": "other"])
}

@Suite struct CancellationTests {
  @Test(.timeLimit(.minutes(1))) func whoGivesUpWaitsForNoExchangeAndItGoesOnForTheOthers() async throws {
    let service = FakeService()
    let client = try AssayClient(configuration(), .fake(service))
    service.hold()
    let impatient = Task { try await client.token(for: "api") }
    await service.hasArrived()
    let patient = Task { try await client.token(for: "api") }
    impatient.cancel()
    await #expect(throws: CancellationError.self) { try await impatient.value }
    service.release()
    #expect(try await patient.value.token.hasSuffix("#1"))
    // A token at hand takes no wait.
    let late = Task { try await client.token(for: "api") }
    late.cancel()
    #expect(try await late.value.token.hasSuffix("#1"))
  }

  @Test(.timeLimit(.minutes(1))) func whoHasGivenUpBeforeDoesNotWait() async throws {
    let service = FakeService()
    let client = try AssayClient(configuration(), .fake(service))
    service.hold()
    let cancelled = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await client.token(for: "api")
    }
    await #expect(throws: CancellationError.self) { try await cancelled.value }
    await service.hasArrived()
    service.release()
  }
}

@Suite struct DenialTests {
  @Test func aPhoneThatIsDeniedForGoodMakesNoKeyUntilAnExchangeIsForced() async throws {
    let (service, device, source) = (FakeService(), FakeDevice(), KeyMaker())
    service.wantsEvidence = true
    let image = MemoryImages(MemoryImage([("main", .script, Bytes(repeating: 1, count: 64))]))
    let ports = Ports(
      clock: device, timers: device, transport: Denying(service: service), cryptography: LabCryptography(), keyStore: LabKeyStore(),
      shared: Unshared(), evidence: [source], image: image, probes: [])
    let client = try AssayClient(configuration(), ports)
    func ask(after milliseconds: Double, force: Bool = false) async throws {
      await device.pass(milliseconds)
      do { _ = try await client.token(for: "api", forceRefresh: force) } catch let error as AssayError { #expect(error.code == .attestationDenied) }
    }
    for _ in 1...3 { try await ask(after: 60_000) }
    #expect(source.made == 3)
    // A quarter of an hour, and up to a quarter more by chance.
    for _ in 1...4 { try await ask(after: 1_125_000) }
    #expect(source.made == 3)
    #expect(service.challenges.count == 7)
    try await ask(after: 0)
    #expect(service.challenges.count == 7)
    try await ask(after: 0, force: true)
    #expect(source.made == 4)
    #expect(service.challenges.count == 8)
  }
}

/// Hands out challenges, and denies what follows.
private struct Denying: Transport {
  let service: FakeService

  func post(_ body: Bytes, to url: String) async throws -> Answer {
    if url.hasSuffix("/v1/challenges") { return try await service.post(body, to: url) }
    return Answer(status: 403, header: { _ in nil }, body: Array("{\"code\":\"attestation_denied\",\"trace\":\"t\"}".utf8))
  }
}

/// Makes a key for each enrolment, as App Attest does.
private final class KeyMaker: EvidenceSource, @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0
  let makesKey = true
  var made: Int { lock.withLock { count } }

  func prepare(_ purpose: EvidencePurpose) async throws -> PreparedEvidence? {
    lock.withLock { count += 1 }
    return PreparedEvidence(format: "made") { _ in [] }
  }
}

@Suite struct ResetTests {
  @Test func anExchangeUnderWayBringsNoTokenOfTheKeyBefore() async throws {
    let (service, keys) = (FakeService(), LabKeyStore())
    let client = try AssayClient(configuration(), .fake(service, keys: keys))
    service.hold()
    let waiting = Task { try await client.token(for: "api") }
    await service.hasArrived()
    try await client.reset()
    service.release()
    let key = Base64url.encode(try await keys.open().publicKey.x)
    #expect(try await waiting.value.token == "\(key)#2")
    #expect(try await client.token(for: "api").token == "\(key)#2")
  }

  @Test func whatTheServiceSaidOfTheKeyBeforeDoesNotCountAfterwards() async throws {
    let service = FakeService()
    let client = try AssayClient(configuration(), .fake(service))
    service.refuse("attestation_denied")
    await #expect(throws: AssayError.self) { try await client.token(for: "api") }
    service.refuse(nil)
    try await client.reset()
    #expect(try await client.token(for: "api").token.hasSuffix("#1"))
    #expect(await client.state == .attested)
  }

  @Test(.timeLimit(.minutes(1))) func whoeverReadsEventsMayAskForATokenMeanwhile() async throws {
    let client = try AssayClient(configuration(), .fake(FakeService()))
    var events = await client.eventStream().makeAsyncIterator()
    _ = try await client.token(for: "api")
    #expect(await events.next() != nil)
    #expect(try await client.token(for: "api", forceRefresh: true).token.isEmpty == false)
    #expect(await events.next() != nil)
  }

  @Test func aResetBeforeACallerHasItsTokenIsNoDenial() async throws {
    let (service, shared) = (FakeService(), Interrupted())
    let client = try AssayClient(configuration(), .fake(service, shared: shared))
    shared.once { try? await client.reset() }
    #expect(try await client.token(for: "api").token.hasSuffix("#2"))
  }
}

/// Lets something happen once after an exchange, and before whoever waits for it hears.
private final class Interrupted: SharedState, @unchecked Sendable {
  private let lock = NSLock()
  private var happening: (@Sendable () async -> Void)?

  func once(_ happening: @escaping @Sendable () async -> Void) {
    lock.withLock { self.happening = happening }
  }

  func load(_ entry: SharedEntry) async throws -> Bytes? { nil }
  func save(_ value: Bytes?, _ entry: SharedEntry) async throws {}

  func exclusively<T: Sendable>(_ work: @Sendable () async throws -> T) async throws -> T {
    let result = try await work()
    let next = lock.withLock {
      defer { happening = nil }
      return happening
    }
    await next?()
    return result
  }
}
