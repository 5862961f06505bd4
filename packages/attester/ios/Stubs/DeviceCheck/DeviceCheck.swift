// A stand-in for Apple's DeviceCheck, for Linux only. Behind it stands anyone who plays Apple: an HTTP server of the tests at
// `ASSAY_TEST_APPLE`, which keeps the device's App Attest keys and answers `{"error": code}` where the system would fail.
import Foundation
import FoundationNetworking

/// `DCError` of DeviceCheck: its domain and codes.
public struct DCError: CustomNSError, Sendable {
  public enum Code: Int, Sendable {
    case unknownSystemFailure = 0
    case featureUnsupported = 1
    case invalidInput = 2
    case invalidKey = 3
    case serverUnavailable = 4
  }

  public let code: Code
  public static let errorDomain = "com.apple.devicecheck.error"
  public var errorCode: Int { code.rawValue }
}

public final class DCAppAttestService: Sendable {
  public static let shared = DCAppAttestService()

  private var apple: URL? {
    ProcessInfo.processInfo.environment["ASSAY_TEST_APPLE"].flatMap(URL.init(string:))
  }

  public var isSupported: Bool { apple != nil }

  public func generateKey() async throws -> String {
    try await ask("generate", [:])
  }

  public func attestKey(_ keyId: String, clientDataHash: Data) async throws -> Data {
    let answer = try await ask("attest", ["key": keyId, "hash": clientDataHash.base64EncodedString()])
    return Data(base64Encoded: answer) ?? Data()
  }

  public func generateAssertion(_ keyId: String, clientDataHash: Data) async throws -> Data {
    let answer = try await ask("assert", ["key": keyId, "hash": clientDataHash.base64EncodedString()])
    return Data(base64Encoded: answer) ?? Data()
  }

  private struct Outcome: Decodable {
    let result: String?
    let error: Int?
  }

  private func ask(_ operation: String, _ input: [String: String]) async throws -> String {
    guard let apple else { throw DCError(code: .featureUnsupported) }
    var request = URLRequest(url: apple.appendingPathComponent(operation))
    request.httpMethod = "POST"
    request.httpBody = try JSONEncoder().encode(input)
    guard let (data, _) = try? await URLSession.shared.data(for: request),
      let outcome = try? JSONDecoder().decode(Outcome.self, from: data)
    else { throw DCError(code: .serverUnavailable) }
    if let error = outcome.error { throw DCError(code: DCError.Code(rawValue: error) ?? .unknownSystemFailure) }
    return outcome.result ?? ""
  }
}
