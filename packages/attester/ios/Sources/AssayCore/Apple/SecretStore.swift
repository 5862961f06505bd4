/// Small values that stay on this device and outlive the app's restart: the keychain. Its functions throw ``PlatformError`` with
/// the keychain's own status, and never take a fault for a value that does not exist.
public protocol SecretStore: Sendable {
  /// The value of this name, or `nil` where there is none.
  func read(_ name: String) throws -> Bytes?
  /// Keeps a value, in the place of one that has this name.
  func write(_ value: Bytes, _ name: String) throws
  /// Deleting what does not exist is not a fault.
  func delete(_ name: String) throws
}

extension SecretStore {
  func text(_ name: String) throws -> String? {
    try read(name).flatMap(String.init(validating:))
  }
}
