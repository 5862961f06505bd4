import AssayCore
import Foundation

/// A service that gives a token for each audience, `KEY#EXCHANGE`: the `x` of the key that it is for, and a number from 1.
public final class FakeService: Transport, @unchecked Sendable {
  private let lock = NSLock()
  private var exchanges = 0
  private var isHolding = false
  private var held: CheckedContinuation<Void, Never>?
  private var refusal: String?
  /// Whether it judges evidence, so that each challenge asks for it. Set before the first request.
  public var wantsEvidence = false
  /// The APIs of the kind `access`: audience to scheme.
  public var tokenTypes: [String: String] = [:]
  /// APIs that get no token.
  public var deniedAudiences: Set<String> = []
  /// Further members of good answers to client data, and of refusals.
  public var more: [String: Any] = [:]
  /// Client data that came, as JSON.
  public private(set) var clientData: [[String: Any]] = []
  /// Requests for challenges that came.
  public private(set) var challenges: [String] = []

  public init() {}

  /// Problem with which every request is refused from now on.
  public func refuse(_ problem: String?) {
    lock.withLock { refusal = problem }
  }

  /// The next attestation waits for its answer.
  public func hold() {
    lock.withLock { isHolding = true }
  }

  /// Returns when an attestation waits.
  public func hasArrived() async {
    while lock.withLock({ held == nil }) { await Task.yield() }
  }

  public func release() {
    let waiting = lock.withLock {
      defer { held = nil }
      return held
    }
    waiting?.resume()
  }

  public func post(_ body: Bytes, to url: String) async throws -> Answer {
    if let refusal = lock.withLock({ refusal }) { return answer(403, ["code": refusal].merging(more) { $1 }) }
    if url.hasSuffix("/v1/challenges") {
      lock.withLock { challenges.append(String(decoding: body, as: UTF8.self)) }
      let asked = try JSONSerialization.jsonObject(with: Data(body)) as! [String: Any]
      let evidence = wantsEvidence ? ["evidence": asked["purpose"]!] : [:]
      let issued = plan(of: asked["build"] as! String)
      return answer(200, ["attestation_challenge": challenge, "plan": issued, "expires_in": 120].merging(evidence) { $1 })
    }
    if lock.withLock({ isHolding }) {
      await withCheckedContinuation { waiting in
        lock.withLock {
          isHolding = false
          held = waiting
        }
      }
    }
    let sent = try JSONSerialization.jsonObject(with: Data(body)) as! [String: Any]
    let data = Data(Base64url.decode(sent["client_data"] as! String)!)
    let told = try JSONSerialization.jsonObject(with: data) as! [String: Any]
    let key = (told["key"] as! [String: String])["x"]!
    let number = lock.withLock {
      exchanges += 1
      return exchanges
    }
    lock.withLock { clientData.append(told) }
    let tokens = (told["audiences"] as! [String]).filter { !deniedAudiences.contains($0) }.map { audience in
      var token: [String: Any] = ["audience": audience, "token": "\(key)#\(number)", "expires_in": 300]
      token["token_type"] = tokenTypes[audience]
      return token
    }
    return answer(200, ["tokens": tokens, "refresh_after": 150, "server_time": 1_790_000_000, "trace": "t"].merging(more) { $1 })
  }

  private let challenge = Base64url.encode(Bytes(repeating: 0, count: 48))

  private func plan(of build: String) -> String {
    let seed = Base64url.encode(Bytes(repeating: 0, count: 32))
    let text =
      "{\"v\":1,\"app\":\"com.example.app\",\"build\":\"\(build)\",\"epoch\":0,\"seed\":\"\(seed)\",\"coverage\":\"image\","
      + "\"reads\":[{\"op\":\"range\",\"segment\":0,\"length\":16}],\"live\":{\"show\":[],\"run\":[]},\"probes\":[]}"
    return Base64url.encode(Array(text.utf8))
  }

  private func answer(_ status: Int, _ members: [String: Any]) -> Answer {
    Answer(status: status, header: { _ in nil }, body: Bytes(try! JSONSerialization.data(withJSONObject: members)))
  }
}

extension Ports {
  /// A device without probes and evidence, on which no time passes.
  public static func fake(
    _ service: any Transport, keys: any KeyStore = LabKeyStore(), shared: any SharedState = Unshared(),
    evidence: [any EvidenceSource] = []
  ) -> Ports {
    let device = FakeDevice()
    return Ports(
      clock: device, timers: device, transport: service, cryptography: LabCryptography(), keyStore: keys, shared: shared,
      evidence: evidence, image: MemoryImages(MemoryImage([("main", .script, Bytes(repeating: 1, count: 64))])), probes: [])
  }
}
