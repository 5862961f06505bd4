import AssayFakes
import Foundation
import Testing

@testable import Assay
@testable import AssayCore

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// What is kept in memory, for another client.
private final class KeptState: SharedState, @unchecked Sendable {
  private let lock = NSLock()
  var entries: [SharedEntry: Bytes] = [:]

  func load(_ entry: SharedEntry) async throws -> Bytes? { lock.withLock { entries[entry] } }
  func save(_ value: Bytes?, _ entry: SharedEntry) async throws { lock.withLock { entries[entry] = value } }
  func exclusively<T: Sendable>(_ work: @Sendable () async throws -> T) async throws -> T { try await work() }
}

/// Tokens of the kind `access`, references and remedies, beyond what the shared files play.
@Suite struct AccessKindTests {
  private let service = FakeService()
  private let keys = LabKeyStore()
  private let kept = KeptState()

  private func client(_ proof: ProofForm = .dpop) throws -> AssayClient {
    var configuration = configuration()
    configuration.proof = proof
    return try AssayClient(configuration, .fake(service, keys: keys, shared: kept))
  }

  private func proof(_ client: AssayClient, host: String = "api.example", authorization: String? = nil) async throws -> ProofFields {
    try await client.proof(for: ProofRequest(method: "GET", url: "https://\(host)/v1/a", authorization: authorization))
  }

  private func claims(_ fields: ProofFields) -> JSON? {
    fields.proof.flatMap { JSON.read(Base64url.decode(String($0.split(separator: ".")[1]))!) }
  }

  @Test(arguments: ["DPoP", "Bearer"]) func theKindOutlivesTheProcess(_ scheme: String) async throws {
    service.tokenTypes = ["api": scheme]
    let before = try await client().token(for: "api")
    let again = try client()
    let after = try await again.token(for: "api")
    #expect(after.token == before.token && after.tokenType?.rawValue == scheme)
    let other = try await again.token(for: "other")
    #expect(other.tokenType == nil)
    #expect(service.clientData.count == 1)
  }

  @Test func whyAnAPIHasNoTokenOutlivesTheProcess() async throws {
    service.deniedAudiences = ["other"]
    service.more = ["remedies": [7, ["audience": "other", "remedy": ["kind": "play_dialog", "type_code": 3]]]]
    _ = try await client().token(for: "api")
    for client in [try client(), try client()] {
      _ = try await client.token(for: "api")
      let told = await failure { try await client.token(for: "other") }
      let denied = try #require(told)
      #expect(denied.code == .attestationDenied)
      #expect(denied.remedy?.kind == .playDialog && denied.remedy?.typeCode == 3)
    }
    #expect(service.clientData.count == 1)
  }

  @Test func whatWasKeptBeforeKindsAndRemediesWereKnownIsTakenOver() async throws {
    let before = try await client().token(for: "api")
    let text = String(decoding: kept.entries[.tokens]!, as: UTF8.self)
    let older = text.replacingOccurrences(of: "\"remedies\":[],", with: "")
    #expect(older != text)
    kept.entries[.tokens] = Array(older.utf8)
    let after = try await client().token(for: "api")
    #expect(after.token == before.token)
    #expect(service.clientData.count == 1)
  }

  @Test(arguments: ["Bearer user", "DPoP user", "Basic dTpw", "x"])
  func aUsersLoginIsRefusedAtOnceAndCostsNoExchange(_ authorization: String) async throws {
    service.tokenTypes = ["api": "DPoP"]
    let client = try client()
    let told = await failure { try await proof(client, authorization: authorization) }
    let refused = try #require(told)
    #expect(refused.code == .authorizationPresent && !refused.retryable)
    #expect(service.clientData.count == 1)
    // The twin: at the other kind the proof is bound to it.
    let bound = try await proof(client, host: "other.example", authorization: "Bearer user")
    #expect(claims(bound)?["ath"] != nil)
  }

  @Test func anEmptyAuthorizationIsNone() async throws {
    service.tokenTypes = ["api": "DPoP"]
    let fields = try await proof(client(), authorization: "")
    #expect(fields.all.map(\.name) == ["Authorization", "DPoP"])
  }

  @Test func proofsOfTheKindAccessAreDPoPWhateverTheAppChose() async throws {
    service.tokenTypes = ["api": "DPoP"]
    let client = try client(.attestationPoP)
    let headers = ["DPoP-Nonce": "n", "OAuth-Client-Attestation-Challenge": "c"]
    for host in ["api.example", "other.example"] { await client.learn(from: "https://\(host)/v1/a") { headers[$0] } }
    let bound = try await proof(client)
    let popped = try await proof(client, host: "other.example")
    #expect(bound.all.map(\.name) == ["Authorization", "DPoP"])
    #expect(claims(bound)?["nonce"]?.text == "n")
    #expect(popped.all.map(\.name) == ["OAuth-Client-Attestation", "OAuth-Client-Attestation-PoP"])
    #expect(claims(popped)?["challenge"]?.text == "c")
  }

  @Test func aHandshakeHasItsTokenInAuthorization() async throws {
    service.tokenTypes = ["api": "DPoP"]
    let assay = try Assay(configuration(), ports: .fake(service, keys: keys))
    let request = try await assay.webSocketRequest(URL(string: "wss://api.example/feed")!)
    #expect(request.value(forHTTPHeaderField: "Authorization")?.hasPrefix("DPoP ") == true)
    #expect(request.value(forHTTPHeaderField: "DPoP") != nil)
    #expect(request.value(forHTTPHeaderField: "OAuth-Client-Attestation") == nil)
  }

  @Test func aRequestThatIsSignedForAnotherClientIsRefusedWithALoginOfItsOwn() async throws {
    service.tokenTypes = ["api": "Bearer"]
    let assay = try Assay(configuration(), ports: .fake(service, keys: keys))
    var request = URLRequest(url: URL(string: "https://api.example/a")!)
    try await assay.sign(&request)
    #expect(request.allHTTPHeaderFields?.keys.sorted() == ["Authorization"])
    // Also what was signed before: each sending needs its own.
    let told = await failure { try await assay.sign(&request) }
    let refused = try #require(told)
    #expect(refused.code == .authorizationPresent)
  }

  @Test(arguments: ["Authorization", "authorization"]) func aLoginThatTheSessionAddsCountsAsTheRequestsOwn(_ name: String) async throws {
    service.tokenTypes = ["api": "DPoP"]
    let path = "/v1/session-\(name)"
    var configuration = configuration()
    configuration.withoutToken = .send
    let session = PlayedAPI.session(path, .answer(200), adding: [name: "Bearer user"])
    let assay = try Assay(configuration, session: session, ports: .fake(service, keys: keys))
    let url = URL(string: "https://api.example\(path)")!
    let other = URL(string: "https://other.example\(path)")!
    for attempt in [
      { _ = try await assay.data(for: URLRequest(url: url)) },
      { _ = try await assay.download(for: URLRequest(url: url)) },
      { _ = try await assay.webSocketTask(with: URL(string: "wss://api.example\(path)")!) },
    ] as [@Sendable () async throws -> Void] {
      let told = await failure { try await attempt() }
      #expect(told?.code == .authorizationPresent)
    }
    #expect(PlayedAPI.seen(path).isEmpty)
    // The twin: at the other kind the proof is bound to it, or to the request's own, which the system prefers.
    var own = URLRequest(url: other)
    own.setValue("Bearer other", forHTTPHeaderField: "Authorization")
    var hashes: [String?] = []
    for request in [URLRequest(url: other), own] {
      _ = try await assay.data(for: request)
      let proof = try #require(PlayedAPI.seen(path).last?.value(forHTTPHeaderField: "DPoP"))
      hashes.append(JSON.read(Base64url.decode(String(proof.split(separator: ".")[1]))!)?["ath"]?.text)
    }
    #expect(!hashes.contains(nil) && hashes[0] != hashes[1])
  }

  @Test func aReferenceIsInClientDataAlone() async throws {
    let client = try client()
    try await client.setReference("customer 4711")
    _ = try await client.token(for: "api")
    #expect(service.clientData.last?["reference"] as? String == "customer 4711")
    #expect(!service.challenges.joined().contains("4711"))
    let log = await client.debugLog
    #expect(!log.contains("4711"))
    try await client.setReference(nil)
    _ = try await client.token(for: "api", forceRefresh: true)
    #expect(service.clientData.last?["reference"] == nil)
  }

  @Test(arguments: ["", "\u{0}", "a\u{1f}", "\u{7f}", "\u{80}", "é\u{9f}", String(repeating: "é", count: 64) + "a"])
  func anotherTextIsNoReference(_ text: String) async throws {
    let client = try client()
    await #expect(throws: AssayMisuse("reference")) { try await client.setReference(text) }
    try await client.setReference("\u{a0}é" + String(repeating: "😀", count: 31))
  }

  @Test func aDenialSaysWhatTheUserCanDo() async throws {
    service.refuse("attestation_denied")
    service.more = ["remedy": ["kind": "update_os"]]
    let client = try client()
    var events = await client.eventStream().makeAsyncIterator()
    let told = await failure { try await client.token(for: "api") }
    let denied = try #require(told)
    #expect(denied.remedy?.kind == .updateOS)
    while let event = await events.next() {
      guard case .denied(let error) = event else { continue }
      #expect(error.remedy == denied.remedy)
      return
    }
  }

  @Test func eachRemedyHasTheTextThatAllSDKsHave() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../../shared/vectors/texts")
    let texts = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appendingPathComponent("remedies.json")))
    for (language, wanted) in try #require(texts as? [String: [String: String]]) {
      #expect(wanted.count == Remedy.Kind.allCases.count)
      for kind in Remedy.Kind.allCases {
        let text = wanted[kind.rawValue]?.replacingOccurrences(of: "{trace}", with: "t7")
        #expect(kind.message(language: language, trace: "t7") == text)
      }
    }
    #expect(Remedy.Kind.tryLater.message(language: "fr") == Remedy.Kind.tryLater.message(language: "en"))
    #expect(Remedy.Kind.tryLater.message(language: "de-AT") == Remedy.Kind.tryLater.message(language: "de"))
    #expect(Remedy.Kind.contactSupport.message(language: "en") == "This device could not be verified. Please contact support.")
  }
}
