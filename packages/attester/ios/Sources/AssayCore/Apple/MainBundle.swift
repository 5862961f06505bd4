/// The main bundle of this process: that of the app, or of an extension.
public struct MainBundle: Sendable {
  private let path: String
  private let identifier: String?
  private let extensionPoint: String?

  /// The extensions in which App Attest works, according to Apple: actions, with and without a view, and single sign-on.
  private static let attesting = ["com.apple.ui-services", "com.apple.services", "com.apple.AppSSO.idp-extension"]

  /// - Parameters:
  ///   - path: its folder, without symbolic links
  ///   - identifier: its bundle id
  ///   - extensionPoint: `NSExtensionPointIdentifier` of an extension
  public init(path: String, identifier: String? = nil, extensionPoint: String? = nil) {
    self.path = path
    self.identifier = identifier
    self.extensionPoint = extensionPoint
  }

  /// Whether this is an extension.
  public var isExtension: Bool { path.hasSuffix(".appex") }

  /// Folder of the app, which is what was registered: an extension is no build of its own and speaks for the app that contains it.
  public var appPath: String {
    guard isExtension else { return path }
    var folders = path.parts(at: UInt8(ascii: "/"))
    while let last = folders.last, !last.hasSuffix(".app") { folders.removeLast() }
    return folders.isEmpty ? path : folders.joined(separator: "/")
  }

  /// Whether App Attest may be asked for evidence. In other extensions it may call itself supported, and then it fails at every key. An
  /// extension that shares the app's installation leaves it to the app, whose key it cannot use and must not forget.
  public func canAttest(_ configuration: AssayConfiguration) -> Bool {
    guard isExtension else { return true }
    return configuration.keychainAccessGroup == nil && extensionPoint.map(Self.attesting.has) == true
  }

  /// Names the keychain items of an installation. Apps with Keychain Sharing read items of all their groups, so that without a
  /// configured group the name alone separates an app from its extensions.
  public func keychainService(_ configuration: AssayConfiguration) -> String {
    let shared = "assay/\(configuration.app)"
    guard configuration.keychainAccessGroup == nil, let identifier else { return shared }
    return "\(shared)/\(identifier)"
  }
}
