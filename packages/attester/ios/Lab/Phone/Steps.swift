import Foundation

@testable import Assay
@testable import AssayCore

/// What an exchange does that outlives the process: each write to the keychain, each request, each key and what it attests. Every step
/// is told, and the process can be made to die at one, so that whoever starts it again knows what it had done and what not.
final class Steps: @unchecked Sendable {
  private let lock = NSLock()
  private let last: Int?
  private var taken = 0

  /// - Parameter last: number of the step to die at, from 1
  init(last: Int?) {
    self.last = last
  }

  private func at(_ step: String) {
    lock.withLock {
      taken += 1
      say(.object([.init("id", .integer(0)), .init("step", .text(step))]))
      if taken == last { kill(getpid(), SIGKILL) }
    }
  }

  func around<T>(_ what: String, _ work: () throws -> T) rethrows -> T {
    at("before \(what)")
    let result = try work()
    at("after \(what)")
    return result
  }

  func around<T>(_ what: String, _ work: () async throws -> T) async rethrows -> T {
    at("before \(what)")
    let result = try await work()
    at("after \(what)")
    return result
  }
}

struct SteppedStore: SecretStore {
  let inner: any SecretStore
  let steps: Steps

  func read(_ name: String) throws -> Bytes? { try inner.read(name) }
  func write(_ value: Bytes, _ name: String) throws { try steps.around("save \(name)") { try inner.write(value, name) } }
  func delete(_ name: String) throws { try steps.around("remove \(name)") { try inner.delete(name) } }
}

struct SteppedTransport: Transport {
  let inner: any Transport
  let steps: Steps

  func post(_ body: Bytes, to url: String) async throws -> Answer {
    try await steps.around("post \(url.split(separator: "/").last!)") { try await inner.post(body, to: url) }
  }
}

struct SteppedAppAttest: AppAttestService {
  let inner: any AppAttestService
  let steps: Steps

  var isSupported: Bool { inner.isSupported }
  func generateKey() async throws -> String { try await steps.around("generate") { try await inner.generateKey() } }

  func attest(_ key: String, clientDataHash: Bytes) async throws -> Bytes {
    try await steps.around("attest") { try await inner.attest(key, clientDataHash: clientDataHash) }
  }

  func assert(_ key: String, clientDataHash: Bytes) async throws -> Bytes {
    try await steps.around("assert") { try await inner.assert(key, clientDataHash: clientDataHash) }
  }
}
