import AssayCore
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

extension Assay {
  /// Downloads into a file as ``data(for:)`` does, and throws what it throws. The file lies in the folder for temporary files, and
  /// is the caller's to move or remove.
  public func download(for request: URLRequest) async throws -> (URL, URLResponse) {
    // All attempts have one file, so that none of an attempt that was refused is left.
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    guard let url = request.url?.absoluteString, client.protects(url) else {
      return (file, try await session.download(request, to: file, by: nil))
    }
    do {
      return try await client.perform(sending(request), canRepeat: request.httpBodyStream == nil) { [session] fields in
        var sent = request
        sent.set(fields)
        let response = try await session.download(sent, to: file, by: RedirectRefusal())
        guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
        let body = response.statusCode == 400 ? Bytes((try? Data(contentsOf: file)) ?? Data()) : []
        return (Answer(response, body: body), (file, response))
      }
    } catch {
      try? FileManager.default.removeItem(at: file)
      throw error
    }
  }

  #if canImport(Darwin)
    /// The answer as a stream of bytes, otherwise as ``data(for:)``. The request is sent once more for what the API demands in
    /// fields of its answer, not for what it says in a body, which is the caller's to read.
    public func bytes(for request: URLRequest) async throws -> (URLSession.AsyncBytes, URLResponse) {
      guard let url = request.url?.absoluteString, client.protects(url) else { return try await session.bytes(for: request) }
      return try await client.perform(sending(request), canRepeat: request.httpBodyStream == nil) { [session] fields in
        var sent = request
        sent.set(fields)
        let (bytes, response) = try await session.bytes(for: sent, delegate: RedirectRefusal())
        guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
        return (Answer(response, body: []), (bytes, response))
      }
    }
  #endif
}

extension URLSession {
  /// Not by `download(for:delegate:)`: on Linux it does not ask its delegate.
  fileprivate func download(_ request: URLRequest, to file: URL, by delegate: RedirectRefusal?) async throws -> URLResponse {
    let running = Running()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let task = downloadTask(with: request) { downloaded, response, error in
          guard let downloaded, let response else { return continuation.resume(throwing: error ?? URLError(.unknown)) }
          continuation.resume(with: Result {
            try? FileManager.default.removeItem(at: file)
            try FileManager.default.moveItem(at: downloaded, to: file)
            return response
          })
        }
        if let delegate { task.delegate = delegate }
        running.start(task)
      }
    } onCancel: {
      running.cancel()
    }
  }
}

/// A task that may be cancelled before it starts.
private final class Running: @unchecked Sendable {
  private let lock = NSLock()
  private var task: URLSessionTask?
  private var isCancelled = false

  func start(_ task: URLSessionTask) {
    let isCancelled = lock.withLock {
      self.task = task
      return self.isCancelled
    }
    task.resume()
    if isCancelled { task.cancel() }
  }

  func cancel() {
    let task = lock.withLock {
      isCancelled = true
      return self.task
    }
    task?.cancel()
  }
}
