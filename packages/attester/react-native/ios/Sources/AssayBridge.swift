import Assay
import AssayCore
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// What JavaScript asks for by the TurboModule, as texts of JSON. Each request is answered once, whatever is thrown.
public actor AssayBridge {
  /// The version of the texts: `bridgeVersion` in `src/bridge.ts`.
  private static let version = 1
  private let clients: Clients
  private let app: URL
  private let tell: @Sendable (String) -> Void
  private var listening: [String: Task<Void, Never>] = [:]
  private let told = Told()

  /// - Parameters:
  ///   - app: folder of the app; a script in it is measured with it
  ///   - tell: takes events
  public init(clients: Clients = .shared, app: URL = Bundle.main.bundleURL, tell: @escaping @Sendable (String) -> Void) {
    self.clients = clients
    self.app = app
    self.tell = tell
  }

  /// - Parameter source: URL of the script that runs, as React Native knows it
  public func ask(_ method: String, _ text: String, from source: URL? = nil) async -> String {
    await told.all()
    do {
      return written(["value": try await answer(method, try Request(text), source)])
    } catch is Stale {
      return written(["stale": true])
    } catch let misuse as AssayMisuse {
      return written(["misuse": misuse.description])
    } catch {
      return written(["error": members(of: error)])
    }
  }

  /// A failure has no consequence. It is carried out before any later request: a proof has the nonce that was learned
  /// before.
  public nonisolated func tell(_ method: String, _ text: String) {
    told.add { await self.carryOut(method, text) }
  }

  private func carryOut(_ method: String, _ text: String) async {
    guard let request = try? Request(text), let handle = try? request.text("handle") else { return }
    guard let assay = try? await clients.find(handle) else { return }
    switch method {
    case "wake": await assay.client.wake()
    case "learn":
      guard let url = try? request.text("url"), let nonce = try? request.text("nonce") else { return }
      await assay.client.learn(from: url) { $0 == "DPoP-Nonce" ? nonce : nil }
    case "close":
      listening.removeValue(forKey: handle)?.cancel()
      await clients.close(handle)
    default: break
    }
  }

  /// The JavaScript has ended: by a reload, or with the app. Clients stay for the next one.
  public nonisolated func invalidate() {
    told.add { await self.forget() }
  }

  private func forget() async {
    let handles = Array(listening.keys)
    for task in listening.values { task.cancel() }
    listening = [:]
    await clients.forget(handles)
  }

  private func answer(_ method: String, _ request: Request, _ source: URL?) async throws -> [String: Any] {
    if method == "create" { return try await create(request, source) }
    let handle = try request.text("handle")
    let assay = try await clients.find(handle)
    switch method {
    case "getToken":
      // Whichever audience comes first: one exchange covers all.
      let audience = request.flag("any") ? assay.client.audiences[0] : request.optionalText("audience")
      let token = try await assay.token(for: audience, forceRefresh: request.flag("forceRefresh"))
      var members: [String: Any] = [
        "audience": token.audience, "token": token.token, "expiresIn": token.expiresIn, "trace": token.trace,
      ]
      members["tokenType"] = token.tokenType?.rawValue
      return members
    case "proof": return try await proof(assay, request)
    case "fetch": return try await fetched(assay, request).members
    case "setReference":
      if let given = request.members["reference"], !(given is String), !(given is NSNull) { throw AssayMisuse("reference") }
      try await assay.setReference(request.optionalText("reference"))
      return [:]
    case "reset":
      try await assay.reset()
      return [:]
    case "debugLog": return ["lines": await assay.debugLog().split(separator: "\n").map(String.init)]
    default: throw AssayMisuse("method")
    }
  }

  private func create(_ request: Request, _ source: URL?) async throws -> [String: Any] {
    guard request.number("bridge") == Double(Self.version) else { return ["bridge": Self.version] }
    let (handle, assay) = try await clients.open(
      try request.part("options"), running: LoadedScript(build: request.optionalText("build"), file: script(at: source)))
    let events = await assay.events()
    listening[handle] = Task { [tell] in
      for await event in events {
        var told = members(of: event)
        told["handle"] = handle
        told["state"] = await assay.client.state.rawValue
        tell(written(told))
      }
    }
    return ["bridge": Self.version, "handle": handle]
  }

  /// The script that runs, if it is a file outside the app; one from a development server does not count.
  private func script(at source: URL?) -> URL? {
    guard let source, source.isFileURL else { return nil }
    let folder = app.resolvingSymlinksInPath().path + "/"
    let file = source.resolvingSymlinksInPath()
    return file.path.hasPrefix(folder) ? nil : file
  }

  private func proof(_ assay: Assay, _ request: Request) async throws -> [String: Any] {
    let isForFetch = request.flag("forFetch")
    guard let (url, audience) = try protectedURL(try request.text("url"), assay.client) else {
      if isForFetch { return [:] }
      throw AssayMisuse("url")
    }
    let wanted = ProofRequest(
      method: try request.text("method"), url: url.absoluteString, authorization: request.optionalText("authorization"),
      nonce: request.optionalText("nonce"))
    var fields: [(name: String, value: String)]
    if isForFetch {
      fields = try await assay.client.fields(for: wanted, otherThan: request.optionalText("unwanted"))
    } else {
      let proof = try await assay.client.proof(for: wanted)
      // A bearer token is useful to whoever a redirect leads to.
      if !request.flag("heedsRedirect"), isBearer(proof) { throw BridgeError(code: "bearer_refused") }
      fields = proof.all
    }
    return [
      "audience": audience, "authorizationServer": assay.client.authorizationServers.contains(audience),
      "headers": Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value) }),
    ]
  }
}

/// Runs what was sent one by one, in order of arrival.
private final class Told: @unchecked Sendable {
  private let lock = NSLock()
  private var last: Task<Void, Never>?

  func add(_ work: @escaping @Sendable () async -> Void) {
    lock.withLock {
      last = Task { [last] in
        await last?.value
        await work()
      }
    }
  }

  /// Returns when everything sent so far has been carried out.
  func all() async {
    await lock.withLock { last }?.value
  }
}

/// An unknown handle: the JavaScript that holds it creates the client again.
struct Stale: Error {}

/// An error that only the bridge has.
struct BridgeError: Error {
  let code: String
}

/// What the service said of the token, or else what that states about itself; the API is not consulted. An unreadable token counts as
/// bearer.
private func isBearer(_ proof: ProofFields) -> Bool {
  if let type = proof.tokenType { return type == .bearer }
  let parts = proof.token.split(separator: ".", omittingEmptySubsequences: false)
  guard parts.count == 3, let payload = Base64url.decode(String(parts[1])),
    let claims = try? JSONSerialization.jsonObject(with: Data(payload)) as? [String: Any]
  else { return true }
  return claims["mode"] as? String != "bound"
}
