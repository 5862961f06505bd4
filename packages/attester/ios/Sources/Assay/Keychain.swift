import AssayCore
import Foundation
import Security

/// Items of the keychain that never leave this device, readable after the first unlock.
struct Keychain: SecretStore {
  /// Names the installation among those of the app.
  let service: String
  let accessGroup: String?

  func read(_ name: String) throws -> Bytes? {
    var query = item(name)
    query[kSecReturnData as String] = true
    query[kSecMatchLimit as String] = kSecMatchLimitOne
    var result: CFTypeRef?
    let status = SecItemCopyMatching(query as CFDictionary, &result)
    if status == errSecItemNotFound { return nil }
    guard status == errSecSuccess, let data = result as? Data else { throw failure(status) }
    return Bytes(data)
  }

  func write(_ value: Bytes, _ name: String) throws {
    let data = Data(value)
    let status = SecItemUpdate(item(name) as CFDictionary, [kSecValueData as String: data] as [String: Any] as CFDictionary)
    if status == errSecSuccess { return }
    guard status == errSecItemNotFound else { throw failure(status) }
    var attributes = item(name)
    attributes[kSecValueData as String] = data
    attributes[kSecAttrAccessible as String] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
    let added = SecItemAdd(attributes as CFDictionary, nil)
    guard added == errSecSuccess else { throw failure(added) }
  }

  func delete(_ name: String) throws {
    let status = SecItemDelete(item(name) as CFDictionary)
    guard status == errSecSuccess || status == errSecItemNotFound else { throw failure(status) }
  }

  private func item(_ name: String) -> [String: Any] {
    var query: [String: Any] = [
      kSecClass as String: kSecClassGenericPassword,
      kSecAttrService as String: service,
      kSecAttrAccount as String: name,
      // On a Mac, the iOS keychain, not the file-based one.
      kSecUseDataProtectionKeychain as String: true,
    ]
    if let accessGroup { query[kSecAttrAccessGroup as String] = accessGroup }
    return query
  }

  private func failure(_ status: OSStatus) -> PlatformError {
    PlatformError(domain: NSOSStatusErrorDomain, code: Int(status))
  }
}
