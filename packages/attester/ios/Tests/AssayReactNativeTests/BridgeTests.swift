import AssayFakes
import Foundation
import Testing

@testable import Assay
@testable import AssayCore
@testable import AssayReactNative

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// JavaScript that holds one client.
private struct Script {
  let bridge: AssayBridge
  let handle: String

  func ask(_ method: String, _ members: [String: Any]) async throws -> [String: Any] {
    try await Script.ask(bridge, method, members.merging(["handle": handle]) { $1 })
  }

  func tell(_ method: String, _ members: [String: Any]) {
    bridge.tell(method, written(members.merging(["handle": handle]) { $1 }))
  }

  /// The members of `value`, `error` or whatever else came, with the name of it.
  static func ask(_ bridge: AssayBridge, _ method: String, _ members: [String: Any]) async throws -> [String: Any] {
    let text = await bridge.ask(method, written(members))
    let answer = try JSONSerialization.jsonObject(with: Data(text.utf8)) as! [String: Any]
    return answer["value"] as? [String: Any] ?? answer
  }
}

@Suite struct BridgeTests {
  private let service = FakeService()
  private let orders = "https://api.example/orders"

  /// - Parameter played: what comes of requests for `path`
  private func script(
    _ path: String = "/", _ played: Played = .answer(200), withoutToken: String? = nil
  ) async throws -> Script {
    let (service, session) = (service, PlayedAPI.session(path, played))
    let clients = Clients { configuration, _ in try Assay(configuration, session: session, ports: .fake(service)) }
    var options: [String: Any] = [
      "endpoints": ["https://attest.example"], "app": "com.example.app", "build": "1", "audiences": ["https://api.example": "api"],
    ]
    options["withoutToken"] = withoutToken
    return try await opened(clients, ["bridge": 1, "options": options])
  }

  private func opened(_ clients: Clients, _ request: [String: Any]) async throws -> Script {
    let bridge = AssayBridge(clients: clients) { _ in }
    let created = try await Script.ask(bridge, "create", request)
    return Script(bridge: bridge, handle: created["handle"] as! String)
  }

  private func claims(_ answer: [String: Any]) throws -> [String: Any] {
    let proof = (answer["headers"] as! [String: String])["DPoP"]!
    let payload = Data(Base64url.decode(String(proof.split(separator: ".")[1]))!)
    return try JSONSerialization.jsonObject(with: payload) as! [String: Any]
  }

  private func token(_ answer: [String: Any]) -> String? {
    (answer["headers"] as? [String: String])?["OAuth-Client-Attestation"]
  }

  @Test func aClientThatWasGivenGetsAnotherTokenForOneThatTheAPIRefused() async throws {
    let script = try await script()
    let request: [String: Any] = ["url": orders, "method": "GET", "heedsRedirect": true, "forFetch": true]
    let first = try await script.ask("proof", request)
    #expect(first["audience"] as? String == "api")
    #expect(token(try await script.ask("proof", request)) == token(first))
    let next = try await script.ask("proof", request.merging(["unwanted": token(first)!]) { $1 })
    #expect(token(next)?.hasSuffix("#2") == true)
    #expect(try await script.ask("proof", ["url": "https://foreign.example/", "method": "GET", "forFetch": true]).isEmpty)
  }

  @Test func withoutATokenItSendsWhyWhereTheAppWantsThat() async throws {
    service.refuse("build_retired")
    let request: [String: Any] = ["url": orders, "method": "GET", "forFetch": true]
    let sending = try await script(withoutToken: "send")
    #expect(try await sending.ask("proof", request)["headers"] as? [String: String] == ["Assay-Status": "build_refused"])
    let failing = try await script(withoutToken: "fail")
    #expect((try await failing.ask("proof", request)["error"] as? [String: Any])?["code"] as? String == "build_refused")
  }

  /// The token of the service that is played says nothing about its mode.
  @Test func aTokenOfModeBearerIsForAClientThatFollowsNoRedirect() async throws {
    let script = try await script()
    let request: [String: Any] = ["url": orders, "method": "GET"]
    let refused = try await script.ask("proof", request)
    #expect((refused["error"] as? [String: Any])?["code"] as? String == "bearer_refused")
    #expect(token(try await script.ask("proof", request.merging(["heedsRedirect": true]) { $1 })) != nil)
  }

  @Test func aProofHasTheNonceThatWasToldBefore() async throws {
    let script = try await script()
    for number in 0..<100 {
      script.tell("learn", ["url": "https://api.example/ä", "nonce": "n\(number)"])
      let answer = try await script.ask("proof", ["url": orders, "method": "GET", "forFetch": true])
      #expect(try claims(answer)["nonce"] as? String == "n\(number)")
    }
  }

  @Test func aClientOfNativeCodeIsRefreshed() async throws {
    let configuration = AssayConfiguration(
      endpoints: ["https://attest.example"], app: "com.example.app", build: "1", audiences: ["https://api.example": "api"])
    let clients = Clients { _, _ in fatalError("JavaScript made a client of its own") }
    await clients.provide(try Assay(configuration, ports: .fake(service)))
    let script = try await opened(clients, ["bridge": 1])
    for number in 1...2 {
      #expect(try await script.ask("getToken", ["any": true, "forceRefresh": true])["stale"] == nil)
      #expect((try await script.ask("getToken", [:])["token"] as? String)?.hasSuffix("#\(number)") == true)
    }
  }

  @Test(arguments: [("/bücher", "/b%C3%BCcher"), ("/a b", "/a%20b"), ("/c|d", "/c%7Cd"), ("/e%20f", "/e%20f")])
  func whatAURLCannotHoldIsEscapedAndProven(_ path: String, _ sent: String) async throws {
    let script = try await script(path.removingPercentEncoding!, .answer(200))
    let url = "https://api.example\(path)?q=ü"
    let answer = try await script.ask("fetch", ["url": url, "method": "GET"])
    #expect(answer["status"] as? Int == 200)
    let request = try #require(PlayedAPI.seen(path.removingPercentEncoding!).first)
    #expect(request.url?.absoluteString == "https://api.example\(sent)?q=%C3%BC")
    let payload = Data(Base64url.decode(String(request.value(forHTTPHeaderField: "DPoP")!.split(separator: ".")[1]))!)
    let claims = try JSONSerialization.jsonObject(with: payload) as? [String: Any]
    #expect(claims?["htu"] as? String == "https://api.example\(sent)")
    // For a client that was given, likewise.
    let proof = try await script.ask("proof", ["url": url, "method": "GET", "forFetch": true])
    #expect(try self.claims(proof)["htu"] as? String == "https://api.example\(sent)")
  }

  @Test(arguments: ["https://user@api.example/a", "https://api.example\\a", "https://us er:p@ss@api.example/ü"])
  func aURLThatHasNoNormalFormIsRefusedRatherThanSentBare(_ url: String) async throws {
    let script = try await script()
    for (method, more) in [("fetch", [:]), ("proof", ["forFetch": true]), ("proof", [:])] as [(String, [String: Any])] {
      let answer = try await script.ask(method, more.merging(["url": url, "method": "GET"]) { $1 })
      #expect(answer["misuse"] as? String == "url: missing or wrong")
    }
  }

  @Test(arguments: ["https://foreign.example/ü", "https://user@foreign.example/", "https://api.example@foreign.example/a b", "https://"])
  func anotherURLIsLeftToReactNative(_ url: String) async throws {
    let answer = try await script().ask("fetch", ["url": url, "method": "GET"])
    #expect(answer["protected"] as? Bool == false)
  }

  @Test func aNetworkThatFailsIsNoFaultOfTheNativePart() async throws {
    let script = try await script("/offline", .fault(.notConnectedToInternet))
    let answer = try await script.ask("fetch", ["url": "https://api.example/offline", "method": "GET"])
    #expect(answer["failed"] as? String == "URLError -1009")
  }

  @Test func aReferenceIsCarriedByTheNextExchangeAndAnotherTextIsMisuse() async throws {
    let script = try await script()
    #expect(try await script.ask("setReference", ["reference": "customer 4711"]).isEmpty)
    for wrong in ["", 7, String(repeating: "x", count: 129)] as [Any] {
      #expect(try await script.ask("setReference", ["reference": wrong])["misuse"] as? String == "reference: missing or wrong")
    }
    _ = try await script.ask("getToken", ["any": true])
    #expect(service.clientData.last?["reference"] as? String == "customer 4711")
    #expect(try await script.ask("setReference", ["reference": NSNull()]).isEmpty)
    _ = try await script.ask("getToken", ["any": true, "forceRefresh": true])
    #expect(service.clientData.last?["reference"] == nil)
  }

  @Test func anErrorSaysWhatTheUserCanDo() async throws {
    service.refuse("attestation_denied")
    service.more = ["remedy": ["kind": "play_dialog", "type_code": 2]]
    let error = try await script().ask("getToken", ["any": true])["error"] as? [String: Any]
    let remedy = error?["remedy"] as? [String: Any]
    #expect(remedy?["kind"] as? String == "play_dialog")
    #expect(remedy?["typeCode"] as? Int == 2)
  }

  @Test(arguments: ["DPoP", "Bearer"])
  func aTokenOfTheKindAccessSaysItsScheme(_ scheme: String) async throws {
    service.tokenTypes = ["api": scheme]
    let script = try await script()
    #expect(try await script.ask("getToken", ["any": true])["tokenType"] as? String == scheme)
    let answer = try await script.ask("proof", ["url": orders, "method": "GET"])
    let code = (answer["error"] as? [String: Any])?["code"] as? String
    #expect(code == (scheme == "Bearer" ? "bearer_refused" : nil))
    let login: [String: Any] = ["url": orders, "method": "GET", "authorization": "Bearer user", "heedsRedirect": true]
    let refused = try await script.ask("proof", login)["error"] as? [String: Any]
    #expect(refused?["code"] as? String == "authorization_present")
  }
}
