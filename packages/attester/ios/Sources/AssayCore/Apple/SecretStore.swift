/// Small values that stay on this device and outlive the app's restart: the keychain. Its functions throw ``PlatformError`` with
/// the keychain's own status, and never mistake a fault for a missing value.
public protocol SecretStore: Sendable {
  /// The value with this name, or `nil` if there is none.
  func read(_ name: String) throws -> Bytes?
  /// Stores a value, replacing one with this name.
  func write(_ value: Bytes, _ name: String) throws
  /// Deleting what does not exist is not a fault.
  func delete(_ name: String) throws
}

extension SecretStore {
  func text(_ name: String) throws -> String? {
    try read(name).flatMap(String.init(validating:))
  }
}
