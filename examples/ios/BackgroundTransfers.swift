import Assay
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Downloads of a background session, which the system carries out when it likes.
final class BackgroundTransfers: NSObject, URLSessionDownloadDelegate, @unchecked Sendable {
  private let assay: Assay
  private let lock = NSLock()
  private var refused: Set<URL> = []

  init(_ assay: Assay) {
    self.assay = assay
  }

  /// Signs when the transfer starts: a proof lasts a minute.
  func start(_ request: URLRequest, in session: URLSession) async throws {
    var signed = request
    try await assay.sign(&signed)
    session.downloadTask(with: signed).resume()
  }

  func urlSession(_ session: URLSession, downloadTask task: URLSessionDownloadTask, didFinishDownloadingTo file: URL) {
    guard let response = task.response as? HTTPURLResponse, let request = task.originalRequest, let url = request.url else { return }
    guard response.statusCode == 401 else { return }  // Here your app takes the file, before this function returns.
    // Once: an API that always refuses must not start transfers for ever.
    guard lock.withLock({ refused.insert(url).inserted }) else { return }
    Task { [assay] in
      await assay.learn(from: response)
      try await start(request, in: session)
    }
  }
}
