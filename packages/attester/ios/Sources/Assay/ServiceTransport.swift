import AssayCore
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// HTTP to the attestation service in a separate session: without cookies, caches and redirects.
final class ServiceTransport: Transport {
  private let session: URLSession

  init() {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpCookieStorage = nil
    configuration.httpShouldSetCookies = false
    configuration.urlCache = nil
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    session = URLSession(configuration: configuration)
  }

  func post(_ body: Bytes, to url: String) async throws -> Answer {
    guard let url = URL(string: url) else { throw PlatformError(domain: NSURLErrorDomain, code: NSURLErrorBadURL) }
    var request = URLRequest(url: url)
    request.httpMethod = "POST"
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    request.httpBody = Data(body)
    do {
      let (data, response) = try await session.answer(to: request)
      return Answer(response, body: Bytes(data))
    } catch {
      throw PlatformError(error)
    }
  }
}

/// Keeps the system from following redirects: it would take token and proof along to wherever they lead.
final class RedirectRefusal: NSObject, URLSessionTaskDelegate {
  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }
}

extension URLSession {
  /// The answer to a request, redirects included.
  ///
  /// - Throws: whatever `URLSession` throws
  func answer(to request: URLRequest) async throws -> (Data, HTTPURLResponse) {
    let (data, response) = try await data(for: request, delegate: RedirectRefusal())
    guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
    return (data, response)
  }
}

extension Answer {
  init(_ response: HTTPURLResponse, body: Bytes) {
    self.init(status: response.statusCode, header: { response.value(forHTTPHeaderField: $0) }, body: body)
  }
}
