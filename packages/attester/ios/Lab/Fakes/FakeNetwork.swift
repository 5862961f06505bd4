import AssayCore
import Foundation

/// Records what is sent, and answers on command.
public final class FakeNetwork: Transport, @unchecked Sendable {
  public struct Call: Sendable {
    public let url: String
    public let body: Bytes
  }

  /// Has no code of its own, as the vectors want it.
  private struct Broken: Error {}

  private let lock = NSLock()
  private var open: [Int: CheckedContinuation<Answer, any Error>] = [:]
  public private(set) var calls: [Call] = []

  public init() {}

  public func post(_ body: Bytes, to url: String) async throws -> Answer {
    try await withCheckedThrowingContinuation { continuation in
      lock.withLock {
        calls.append(Call(url: url, body: body))
        open[calls.count] = continuation
      }
    }
  }

  /// The connection of a call breaks.
  public func fail(_ call: Int) {
    lock.withLock { open.removeValue(forKey: call) }?.resume(throwing: Broken())
  }

  /// Answers a call, counted from 1.
  public func answer(_ call: Int, status: Int = 200, headers: [String: String] = [:], body: Bytes) {
    let fields = Dictionary(uniqueKeysWithValues: headers.map { ($0.key.lowercased(), $0.value) })
    lock.withLock { open.removeValue(forKey: call) }?
      .resume(returning: Answer(status: status, header: { fields[$0.lowercased()] }, body: body))
  }
}
