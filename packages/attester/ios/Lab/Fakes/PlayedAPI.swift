import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The outcome of a request of a session.
public enum Played: Sendable {
  case fault(URLError.Code)
  /// Nothing comes.
  case silence
  case answer(Int, [String: String] = [:])
  /// Each request is answered with what is next.
  case answers([(Int, [String: String])])
}

/// The network of a session, in which hosts answer as they are told, by the path of the URL.
public final class PlayedAPI: URLProtocol {
  private static let lock = NSLock()
  nonisolated(unsafe) private static var scripts: [String: Played] = [:]
  nonisolated(unsafe) private static var requests: [URLRequest] = []

  /// - Parameters:
  ///   - path: of this test's own
  ///   - adding: fields that the session adds to each request
  public static func session(_ path: String, _ played: Played, adding: [String: String] = [:]) -> URLSession {
    lock.withLock { scripts[path] = played }
    let configuration = URLSessionConfiguration.ephemeral
    configuration.protocolClasses = [PlayedAPI.self]
    configuration.httpAdditionalHeaders = adding
    return URLSession(configuration: configuration)
  }

  public static func seen(_ path: String) -> [URLRequest] {
    lock.withLock { requests.filter { $0.url?.path == path } }
  }

  override public class func canInit(with request: URLRequest) -> Bool { true }
  override public class func canonicalRequest(for request: URLRequest) -> URLRequest { request }
  override public func stopLoading() {}

  override public func startLoading() {
    let played = Self.lock.withLock { () -> Played? in
      Self.requests.append(request)
      let script = Self.scripts[request.url!.path]
      guard case .answers(var all)? = script, !all.isEmpty else { return script }
      let (status, fields) = all.removeFirst()
      Self.scripts[request.url!.path] = .answers(all)
      return .answer(status, fields)
    }
    switch played {
    case .answer(let status, let fields):
      let response = HTTPURLResponse(url: request.url!, statusCode: status, httpVersion: "HTTP/1.1", headerFields: fields)!
      client?.urlProtocol(self, didReceive: response, cacheStoragePolicy: .notAllowed)
      client?.urlProtocol(self, didLoad: Data("good".utf8))
      client?.urlProtocolDidFinishLoading(self)
    case .silence: break
    case .fault(let code): client?.urlProtocol(self, didFailWithError: URLError(code))
    case .answers, nil: client?.urlProtocol(self, didFailWithError: URLError(.unsupportedURL))
    }
  }
}
