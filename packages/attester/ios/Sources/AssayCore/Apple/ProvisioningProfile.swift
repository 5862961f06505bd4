/// The profile that Xcode puts into an app, `embedded.mobileprovision`: a CMS message around a property list. What the
/// App Store and TestFlight deliver has none.
public struct ProvisioningProfile: Sendable {
  private let bytes: Bytes

  /// - Parameter bytes: the file, as it is in the app
  public init(_ bytes: Bytes) {
    self.bytes = bytes
  }

  /// Whether its entitlements admit debuggers (`get-task-allow`), as only those of development profiles do. The system
  /// has verified the profile of an app that runs; here it is only searched.
  public var admitsDebuggers: Bool {
    let key: StaticString = "<key>get-task-allow</key>"
    for start in bytes.indices where bytes[start] == UInt8(ascii: "<") && stands(key, in: bytes, at: start) {
      var end = start + key.utf8CodeUnitCount
      while end < bytes.count, bytes[end] <= UInt8(ascii: " ") { end += 1 }
      return stands("<true/>", in: bytes, at: end)
    }
    return false
  }
}
