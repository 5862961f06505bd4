import AssayCore
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The functions of `URLSession` that apps use most, with token and proof where a URL is protected. Nothing is
/// swizzled: requests of other sessions are not touched.
public struct AssayURLSession: Sendable {
  private let assay: Assay

  /// The session of this client.
  public init(_ assay: Assay) {
    self.assay = assay
  }

  /// Sends a request as ``Assay/data(for:)`` does, and throws what it throws.
  public func data(for request: URLRequest) async throws -> (Data, URLResponse) {
    try await assay.data(for: request)
  }

  /// Sends a GET request for `url`.
  public func data(from url: URL) async throws -> (Data, URLResponse) {
    try await assay.data(for: URLRequest(url: url))
  }

  /// Sends `body` with a request, whose own body it replaces.
  public func upload(for request: URLRequest, from body: Data) async throws -> (Data, URLResponse) {
    var request = request
    request.httpBody = body
    return try await assay.data(for: request)
  }
}
