// A stand-in for the keychain of Apple's Security framework, for Linux only, with the declarations that the SDK uses. Items are
// files in the folder `ASSAY_TEST_KEYCHAIN`, or live as long as the process.
import Foundation

public typealias OSStatus = Int32
public typealias CFString = NSString
public typealias CFDictionary = NSDictionary
public typealias CFTypeRef = AnyObject
public typealias CFOptionFlags = UInt

public let errSecSuccess: OSStatus = 0
public let errSecDiskFull: OSStatus = -34
public let errSecParam: OSStatus = -50
public let errSecIO: OSStatus = -36
public let errSecDuplicateItem: OSStatus = -25299
public let errSecItemNotFound: OSStatus = -25300
public let errSecInteractionNotAllowed: OSStatus = -25308

nonisolated(unsafe) public let kSecClass: CFString = "class"
nonisolated(unsafe) public let kSecClassGenericPassword: CFString = "genp"
nonisolated(unsafe) public let kSecAttrService: CFString = "svce"
nonisolated(unsafe) public let kSecAttrAccount: CFString = "acct"
nonisolated(unsafe) public let kSecAttrAccessGroup: CFString = "agrp"
nonisolated(unsafe) public let kSecAttrAccessible: CFString = "pdmn"
nonisolated(unsafe) public let kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly: CFString = "cku"
nonisolated(unsafe) public let kSecAttrSynchronizable: CFString = "sync"
nonisolated(unsafe) public let kSecUseDataProtectionKeychain: CFString = "nleg"
nonisolated(unsafe) public let kSecReturnData: CFString = "r_Data"
nonisolated(unsafe) public let kSecMatchLimit: CFString = "m_Limit"
nonisolated(unsafe) public let kSecMatchLimitOne: CFString = "m_LimitOne"
nonisolated(unsafe) public let kSecValueData: CFString = "v_Data"

public typealias CFAllocator = AnyObject
public typealias CFError = NSError

/// `protection` and `flags` are for tests: Apple's is opaque.
public final class SecAccessControl {
  public let protection: CFString
  public let flags: SecAccessControlCreateFlags

  init(_ protection: CFString, _ flags: SecAccessControlCreateFlags) {
    self.protection = protection
    self.flags = flags
  }
}

public struct SecAccessControlCreateFlags: OptionSet, Sendable {
  public let rawValue: CFOptionFlags
  public init(rawValue: CFOptionFlags) { self.rawValue = rawValue }
  public static let userPresence = Self(rawValue: 1 << 0)
  public static let privateKeyUsage = Self(rawValue: 1 << 30)
}

public func SecAccessControlCreateWithFlags(_ allocator: CFAllocator?, _ protection: CFTypeRef, _ flags: SecAccessControlCreateFlags, _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?) -> SecAccessControl? {
  (protection as? CFString).map { SecAccessControl($0, flags) }
}

private let store = ItemStore()

public func SecItemCopyMatching(_ query: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus {
  guard let name = store.name(of: query) else { return errSecParam }
  guard let data = store.read(name) else { return store.isLocked ? errSecInteractionNotAllowed : errSecItemNotFound }
  result?.pointee = data as NSData
  return errSecSuccess
}

public func SecItemAdd(_ attributes: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus {
  guard let name = store.name(of: attributes), let data = attributes[kSecValueData] as? Data,
    attributes[kSecAttrAccessible] as? String == kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly as String
  else { return errSecParam }
  guard store.read(name) == nil else { return errSecDuplicateItem }
  if store.isFull { return errSecDiskFull }
  return store.write(name, data) ? errSecSuccess : errSecIO
}

public func SecItemUpdate(_ query: CFDictionary, _ attributes: CFDictionary) -> OSStatus {
  guard let name = store.name(of: query), let data = attributes[kSecValueData] as? Data else { return errSecParam }
  guard store.read(name) != nil else { return errSecItemNotFound }
  if store.isFull { return errSecDiskFull }
  return store.write(name, data) ? errSecSuccess : errSecIO
}

public func SecItemDelete(_ query: CFDictionary) -> OSStatus {
  guard let name = store.name(of: query) else { return errSecParam }
  return store.delete(name) ? errSecSuccess : errSecItemNotFound
}

private final class ItemStore: @unchecked Sendable {
  private let lock = NSLock()
  private var memory: [String: Data] = [:]

  private var folder: URL? {
    ProcessInfo.processInfo.environment["ASSAY_TEST_KEYCHAIN"].map { URL(fileURLWithPath: $0) }
  }

  /// As before the first unlock after a restart of the device.
  var isLocked: Bool { isMarked("locked") }

  /// No room is left on the device.
  var isFull: Bool { isMarked("full") }

  private func isMarked(_ name: String) -> Bool {
    folder.map { FileManager.default.fileExists(atPath: $0.appendingPathComponent(name).path) } ?? false
  }

  /// `nil` for a query that the keychain would not take.
  func name(of query: NSDictionary) -> String? {
    guard query[kSecClass] as? String == kSecClassGenericPassword as String,
      let service = query[kSecAttrService] as? String, let account = query[kSecAttrAccount] as? String
    else { return nil }
    return Data("\(service)/\(account)/\(query[kSecAttrAccessGroup] as? String ?? "")".utf8).base64EncodedString()
      .replacingOccurrences(of: "/", with: "_")
  }

  func read(_ name: String) -> Data? {
    lock.withLock {
      guard let folder else { return memory[name] }
      return isLocked ? nil : try? Data(contentsOf: folder.appendingPathComponent(name))
    }
  }

  func write(_ name: String, _ data: Data) -> Bool {
    lock.withLock {
      guard let folder else {
        memory[name] = data
        return true
      }
      return (try? data.write(to: folder.appendingPathComponent(name), options: .atomic)) != nil
    }
  }

  func delete(_ name: String) -> Bool {
    lock.withLock {
      guard let folder else { return memory.removeValue(forKey: name) != nil }
      return (try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))) != nil
    }
  }
}
