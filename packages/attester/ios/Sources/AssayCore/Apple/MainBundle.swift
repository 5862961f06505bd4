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

  /// Where this process may not ask App Attest for evidence, whatever `isSupported` says: an extension in which Apple does not support it,
  /// where it fails at every key; and an extension that shares the app's installation, whose key it cannot use and must not forget. `nil`
  /// where it may.
  public func placeWithoutAppAttest(_ configuration: AssayConfiguration) -> PlaceWithoutAppAttest? {
    guard isExtension else { return nil }
    let isShared = configuration.keychainAccessGroup != nil
    if !isShared, extensionPoint.map(Self.attesting.has) == true { return nil }
    var name = extensionPoint ?? "extension"
    if name.hasPrefix("com.apple.") { name = String(name.dropFirst(10)) }
    return PlaceWithoutAppAttest(name, isShared: isShared)
  }

  /// Names the keychain items of an installation. Apps with Keychain Sharing read items of all their groups, so that without a
  /// configured group the name alone separates an app from its extensions.
  public func keychainService(_ configuration: AssayConfiguration) -> String {
    let shared = "assay/\(configuration.app)"
    guard configuration.keychainAccessGroup == nil, let identifier else { return shared }
    return "\(shared)/\(identifier)"
  }
}
