import AssayFakes
import Foundation
import Testing

@testable import Assay
@testable import AssayCore

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

@Suite struct ProtectedRequestTests {
  private let service = FakeService()

  private func assay(_ path: String, _ played: Played) throws -> Assay {
    try Assay(configuration(), session: PlayedAPI.session(path, played), ports: .fake(service))
  }

  private func request(_ path: String, host: String = "api.example") -> URLRequest {
    URLRequest(url: URL(string: "https://\(host)\(path)")!)
  }

  @Test(arguments: [URLError.Code.notConnectedToInternet, .timedOut, .secureConnectionFailed])
  func aNetworkThatFailsIsToldInTheSystemsWords(_ code: URLError.Code) async throws {
    let path = "/fault-\(code.rawValue)"
    let assay = try assay(path, .fault(code))
    await #expect { try await assay.data(for: self.request(path)) } throws: { ($0 as? URLError)?.code == code }
  }

  @Test func aRequestThatIsCancelledSaysSo() async throws {
    let assay = try assay("/cancelled", .silence)
    let running = Task { try await assay.data(for: self.request("/cancelled")) }
    while PlayedAPI.seen("/cancelled").isEmpty { await Task.yield() }
    running.cancel()
    let error = await running.result.failure
    #expect(error is CancellationError || (error as? URLError)?.code == .cancelled, "\(String(describing: error))")
  }

  private func downloading(_ answers: [String]) throws -> (LocalAPI, Assay) {
    let api = LocalAPI(answers)
    var configuration = configuration()
    configuration.audiences = [api.url.absoluteString: "api"]
    configuration.dangerouslyAllowInsecureRequests = true
    return (api, try Assay(configuration, session: URLSession(configuration: .ephemeral), ports: .fake(service)))
  }

  @Test func aDownloadCarriesTokenAndProofAndIsSentOnceMore() async throws {
    let (api, assay) = try downloading([
      "HTTP/1.1 401 No\r\nWWW-Authenticate: DPoP error=\"use_dpop_nonce\"\r\nDPoP-Nonce: n1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno",
      "HTTP/1.1 200 Yes\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngood",
    ])
    let (file, response) = try await assay.download(for: URLRequest(url: api.url.appendingPathComponent("file")))
    defer { try? FileManager.default.removeItem(at: file) }
    #expect((response as? HTTPURLResponse)?.statusCode == 200)
    #expect(try Data(contentsOf: file) == Data("good".utf8))
    let proofs = api.requests.map { $0.split(separator: "\r\n").first { $0.lowercased().hasPrefix("dpop:") } }
    #expect(proofs.count == 2 && !proofs.contains(nil) && proofs[0] != proofs[1])
  }

  @Test func aDownloadFollowsNoRedirectOfAProtectedAPI() async throws {
    let (api, assay) = try downloading([
      "HTTP/1.1 302 No\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
      "HTTP/1.1 200 Yes\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngood",
    ])
    await #expect { try await assay.download(for: URLRequest(url: api.url)) } throws: { ($0 as? AssayError)?.code == .redirectRefused }
    #expect(api.requests.count == 1)
  }

  @Test func aDownloadFromElsewhereIsLeftAsItIs() async throws {
    let foreign = LocalAPI(["HTTP/1.1 200 Yes\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngood"])
    let (_, assay) = try downloading([])
    let (file, _) = try await assay.download(for: URLRequest(url: foreign.url))
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(try Data(contentsOf: file) == Data("good".utf8))
    #expect(!foreign.requests[0].lowercased().contains("dpop:"))
  }

  @Test func aDownloadThatIsCancelledSaysSo() async throws {
    let (api, assay) = try downloading([LocalAPI.silence])
    let running = Task { try await assay.download(for: URLRequest(url: api.url)) }
    while api.requests.isEmpty { await Task.yield() }
    running.cancel()
    let error = await running.result.failure
    #expect(error is CancellationError || (error as? URLError)?.code == .cancelled, "\(String(describing: error))")
  }

  @Test(arguments: ["wss://api.example/feed?a=1", "https://api.example/feed", "WSS://api.example/feed"])
  func aHandshakeIsAGetWithHTTPS(_ url: String) async throws {
    let assay = try assay("/feed", .silence)
    let request = try await assay.webSocketRequest(URL(string: url)!)
    #expect(request.url?.absoluteString == url)
    let proof = request.value(forHTTPHeaderField: "DPoP")!.split(separator: ".")[1]
    let claims = JSON.read(Base64url.decode(String(proof))!)
    #expect(claims?["htm"]?.text == "GET")
    #expect(claims?["htu"]?.text == "https://api.example/feed")
  }

  @Test func aSocketFollowsNoRedirect() async throws {
    let (api, assay) = try downloading(["HTTP/1.1 307 No\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", ""])
    let task = try await assay.webSocketTask(with: URL(string: "\(api.url)/feed".replacingOccurrences(of: "http:", with: "ws:"))!)
    task.resume()
    await #expect(throws: (any Error).self) { try await task.receive() }
    #expect(api.requests.count == 1)
  }

  @Test(arguments: ["wss://foreign.example/feed", "ftp://api.example/", "wss://user@api.example/", "ws://api.example/"])
  func nothingIsProvenForAForeignSocket(_ url: String) async throws {
    let assay = try assay("/foreign", .silence)
    await #expect(throws: AssayMisuse("url")) { try await assay.webSocketRequest(URL(string: url)!) }
  }

  @Test func theServicesNetworkFailsWithACodeOfTheSDK() async throws {
    // Nobody listens on port 1.
    await #expect(throws: PlatformError.self) { try await ServiceTransport().post([], to: "http://127.0.0.1:1/") }
  }

  @Test func aURLThatIsNotInNormalFormGoesToNoProtectedAPI() async throws {
    let assay = try assay("/user", .answer(200))
    await #expect(throws: AssayMisuse("url")) { try await assay.data(for: self.request("/user", host: "user@api.example")) }
    var signed = request("/user", host: "user:password@api.example")
    await #expect(throws: AssayMisuse("url")) { try await assay.sign(&signed) }
    #expect(PlayedAPI.seen("/user").isEmpty)
    // The twin: to another host it goes as it is.
    _ = try await assay.data(for: request("/user", host: "user@foreign.example"))
    #expect(PlayedAPI.seen("/user").first?.value(forHTTPHeaderField: "DPoP") == nil)
  }

  @Test(arguments: [
    ("https://api.example/a", "api"), ("https://api.example/ä", "api"), ("https://api.example/a b?c=d|e", "api"),
    ("https://user:p@ss@api.example/", "api"), ("HTTPS://API.example\\a", "api"), ("https://other.example\\v1\\x", "other"),
    ("https://other.example/v1/ü", "other"), ("https://other.example/ü", nil), ("https://api.example.evil/ä", nil),
    ("https://evil.example/@api.example", nil), ("https://api.example@evil.example/", nil), ("https://äpi.example/", nil),
    ("https://", nil), ("ftp://api.example/ä", nil), ("https://@", nil), ("", nil),
  ])
  func whereAURLLeadsIsKnownWithoutItsNormalForm(_ url: String, _ audience: String?) throws {
    #expect(try AssayClient(configuration(), .fake(service)).audience(of: url) == audience)
  }

  @Test(arguments: [
    ("20", 20.0), (" 20 ", 20), ("-20", nil), ("+20", nil), ("1.5", nil), ("1e3", nil), ("1 0", nil), ("0", nil), ("٣", nil), ("0x10", nil),
  ])
  func aWaitIsAWholeNumberOfSeconds(_ field: String, _ seconds: Double?) {
    let answer = Answer(status: 429, header: { $0 == "Retry-After" ? field : nil }, body: [])
    #expect(AssayError(refusal: answer, body: nil).retryAfter == seconds)
  }

  @Test(arguments: [
    ("Bearer abc", "abc"), ("dpop  abc", "abc"), ("Bearer", nil), ("Bearer ", nil), ("Bearer a b", nil), ("Basic abc", nil), ("BearerX abc", nil),
  ])
  func aProofIsBoundToOneTokenOnly(_ field: String, _ token: String?) {
    #expect(accessToken(field) == token)
  }
}

extension Result {
  fileprivate var failure: Failure? {
    if case .failure(let error) = self { return error }
    return nil
  }
}
