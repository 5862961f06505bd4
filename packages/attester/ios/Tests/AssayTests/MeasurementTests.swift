import AssayFakes
import Testing

@testable import AssayCore

@Suite struct EncodingTests {
  @Test func textsAreOrderedByTheirBytes() {
    // Canonically equivalent, and two names all the same.
    #expect("\u{e9}" == "e\u{301}")
    #expect(!"\u{e9}".isSame(as: "e\u{301}"))
    // In UTF-16 the order of these two is the other one.
    #expect("\u{ff5e}".precedes("\u{1f600}"))
  }

  @Test func twoNamesOfOneLookAreTwoSegments() throws {
    let image = MemoryImage([("e\u{301}", .script, [1]), ("\u{e9}", .script, [2])])
    #expect(try image.coveredSegments(.image) == [0, 1])
  }

  @Test(arguments: ["{\"a\":1,}", "[1 2]", "\"\\ud800\"", "01", "1.", "tru", "\"\u{1}\"", "{} x", String(repeating: "[", count: 40)])
  func whatIsNoJSONIsRefused(_ text: String) {
    #expect(JSON.read(Array(text.utf8)) == nil)
  }

  @Test func bytesThatAreNoTextAreRefused() {
    #expect(JSON.read([0x22, 0xc0, 0x80, 0x22]) == nil)
    #expect(JSON.read(Array("\"\\ud83d\\ude00/\"".utf8))?.text == "\u{1f600}/")
  }

  @Test func aSlashIsWrittenAsItIs() {
    #expect(JSON.text("a/b\u{2028}\u{7}").written == "\"a/b\u{2028}\\u0007\"")
  }
}

@Suite struct WebAddressTests {
  @Test(arguments: [
    ("HTTPS://API.Example.com:443/a/./b/../c?x=1#y", "https://api.example.com/a/c"),
    ("https://api.example.com", "https://api.example.com/"),
    ("https://api.example.com:8443/%2e%2E/a/", "https://api.example.com:8443/a/"),
    ("http://[::1]:80/a", "http://[::1]/a"),
    ("https://api.example.com/a//b", "https://api.example.com/a//b"),
  ])
  func theTargetOfAProofIsInNormalForm(_ given: String, _ wanted: String) {
    #expect(WebAddress(given)?.target == wanted)
  }

  @Test(arguments: ["ftp://a.example", "https://user@a.example/", "https:///a", "https://a.example:99999/", "https://a b/", "https://ä.example/", "a"])
  func whatIsNoSuchAddressIsRefused(_ given: String) {
    #expect(WebAddress(given) == nil)
  }

  @Test func aPrefixEndsAtASlash() throws {
    let urls = try ProtectedURLs(["https://api.example/v1": "a", "https://api.example/v1/pay": "b"], admitInsecure: false)
    let audience = { (text: String) in WebAddress(text).flatMap(urls.audience) }
    #expect(audience("https://api.example/v1/orders") == "a")
    #expect(audience("https://api.example/v1/pay/x") == "b")
    #expect(audience("https://api.example/v10") == nil)
    #expect(audience("https://api.example/v1/../v2") == nil)
    #expect(audience("https://api.example.evil/v1") == nil)
  }

  @Test(arguments: ["http://api.example", "https://api.example?x", "http://127.0.0.1.evil/", "http://127.1/"])
  func tokensGoToNoInsecureAPI(_ prefix: String) {
    #expect(throws: AssayMisuse("audiences")) { try ProtectedURLs([prefix: "a"], admitInsecure: false) }
  }
}

@Suite struct DemandTests {
  private func demand(_ status: Int, _ name: String, _ value: String, body: String = "", ofServer: Bool = false, isAccess: Bool = false) -> Demand? {
    Demand(
      Answer(status: status, header: { $0 == name ? value : nil }, body: Array(body.utf8)), isAuthorizationServer: ofServer, isAccess: isAccess)
  }

  @Test(arguments: [
    ("DPoP error=\"use_dpop_nonce\"", Demand.nonce), ("DPoP error=use_attestation_challenge, x", .nonce),
    ("Bearer, DPoP error=\"invalid_client_attestation\"", .token), ("DPoP error=\"use_fresh_attestation\"", .token),
  ])
  func whatAnAPIWants(_ field: String, _ wanted: Demand) {
    #expect(demand(401, "WWW-Authenticate", field) == wanted)
    #expect(demand(403, "WWW-Authenticate", field) == nil)
  }

  @Test(arguments: ["DPoP error=\"invalid_token\"", "DPoP xerror=\"use_dpop_nonce\"", "DPoP error=\"use_dpop_nonces\"", ""])
  func whatItDoesNotWant(_ field: String) {
    #expect(demand(401, "WWW-Authenticate", field) == nil)
  }

  @Test(arguments: [
    ("use_dpop_nonce", Demand.nonce), ("use_attestation_challenge", .nonce), ("use_fresh_attestation", .token),
  ])
  func whatAnAuthorizationServerWants(_ error: String, _ wanted: Demand) {
    let body = "{\"error\":\"\(error)\",\"error_description\":\"again\"}"
    #expect(demand(400, "Content-Type", "application/json; charset=utf-8", body: body, ofServer: true) == wanted)
    #expect(demand(400, "Content-Type", "application/json; charset=utf-8", body: body) == nil)
    #expect(demand(400, "Content-Type", "application/jsonp", body: body, ofServer: true) == nil)
    #expect(demand(401, "Content-Type", "application/json", body: body, ofServer: true) == nil)
    let padded = body + String(repeating: " ", count: Demand.longestBody)
    #expect(demand(400, "Content-Type", "application/json", body: padded, ofServer: true) == nil)
  }

  @Test func anInvalidTokenIsOursOnlyWhereOursIsInAuthorization() {
    let challenge = ("WWW-Authenticate", "Bearer error=\"invalid_token\"")
    #expect(demand(401, challenge.0, challenge.1, isAccess: true) == .token)
    #expect(demand(401, challenge.0, challenge.1) == nil)
    #expect(demand(403, challenge.0, challenge.1, isAccess: true) == nil)
    #expect(demand(400, "Content-Type", "application/json", body: "{\"error\":\"invalid_token\"}", ofServer: true, isAccess: true) == nil)
  }
}
