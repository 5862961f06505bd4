import AssayCore
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

extension Assay {
  /// The request of one handshake, for `URLSession.webSocketTask(with:)` of a session that adds no login. Each needs its own, a
  /// reconnection too. Its proof is for `GET` and the URL with `https:` in place of `wss:`.
  ///
  /// - Throws: ``AssayError``; ``AssayMisuse`` for a URL that is not that of a protected API
  public func webSocketRequest(_ url: URL) async throws -> URLRequest {
    try await handshake(url, login: nil)
  }

  private func handshake(_ url: URL, login: String?) async throws -> URLRequest {
    var request = URLRequest(url: url)
    let text = url.absoluteString
    // Case does not matter in a scheme: `wss` and `ws` become `https` and `http`.
    let proven = text.lowercased().hasPrefix("ws") ? "http\(text.dropFirst(2))" : text
    request.set(try await client.proof(for: ProofRequest(method: "GET", url: proven, authorization: login)).all)
    return request
  }

  /// A task for one WebSocket, which has not been started, with the request of ``webSocketRequest(_:)``. It follows no redirect, which
  /// would take token and proof along.
  ///
  /// - Throws: ``AssayError``; ``AssayMisuse`` for a URL that is not that of a protected API
  public func webSocketTask(with url: URL) async throws -> URLSessionWebSocketTask {
    let task = session.webSocketTask(with: try await handshake(url, login: login))
    task.delegate = RedirectRefusal()
    return task
  }
}
