import AssayCore
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The functions of `URLSession` that apps use most, with token and proof where a URL is protected. Nothing is swizzled: requests
/// that go by another session are not touched.
public struct AssayURLSession: Sendable {
  private let assay: Assay

  public init(_ assay: Assay) {
    self.assay = assay
  }

  public func data(for request: URLRequest) async throws -> (Data, URLResponse) {
    try await assay.data(for: request)
  }

  public func data(from url: URL) async throws -> (Data, URLResponse) {
    try await assay.data(for: URLRequest(url: url))
  }

  public func upload(for request: URLRequest, from body: Data) async throws -> (Data, URLResponse) {
    var request = request
    request.httpBody = body
    return try await assay.data(for: request)
  }
}
