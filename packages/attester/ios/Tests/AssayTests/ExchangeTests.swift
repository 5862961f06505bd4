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
