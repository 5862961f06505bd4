import AssayCore
import DeviceCheck
import Foundation

/// App Attest by the system.
struct AppAttest: AppAttestService {
  var isSupported: Bool { DCAppAttestService.shared.isSupported }

  func generateKey() async throws -> String {
    try await told { try await DCAppAttestService.shared.generateKey() }
  }

  func attest(_ key: String, clientDataHash: Bytes) async throws -> Bytes {
    try await told { Bytes(try await DCAppAttestService.shared.attestKey(key, clientDataHash: Data(clientDataHash))) }
  }

  func assert(_ key: String, clientDataHash: Bytes) async throws -> Bytes {
    try await told { Bytes(try await DCAppAttestService.shared.generateAssertion(key, clientDataHash: Data(clientDataHash))) }
  }

  private func told<T>(_ work: () async throws -> T) async throws -> T {
    do {
      return try await work()
    } catch {
      throw PlatformError(error)
    }
  }
}
