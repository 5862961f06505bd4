/// The main bundle of this process.
public struct MainBundle: Sendable {
  /// Its folder.
  public let path: String
  private let identifier: String?

  /// - Parameters:
  ///   - path: its folder, without symbolic links
  ///   - identifier: its bundle id
  public init(path: String, identifier: String? = nil) {
    self.path = path
    self.identifier = identifier
  }

  /// Names the keychain items of an installation. Apps with Keychain Sharing read items of all their groups, so that without a
  /// configured group the name alone separates an app from its extensions.
  public func keychainService(_ configuration: AssayConfiguration) -> String {
    let shared = "assay/\(configuration.app)"
    guard configuration.keychainAccessGroup == nil, let identifier else { return shared }
    return "\(shared)/\(identifier)"
  }
}
