import AssayCore
import Foundation

extension AssayConfiguration {
  /// `developmentSecret` and `dangerouslyAllowInsecureRequests` are not for files that ship.
  private static let known: Set = [
    "endpoints", "app", "build", "audiences", "authorizationServers", "requestTimeout", "idleAfter", "withoutToken", "proof",
    "keychainAccessGroup", "appGroup",
  ]

  /// The configuration in a property list, by default `Assay.plist` of the app. Its keys are the names of the options; those that are
  /// for development only are in code alone.
  ///
  /// - Throws: ``AssayMisuse`` if there is none, if it is malformed, or naming a key that is unknown
  public init(plist name: String = "Assay", in bundle: Bundle = .main) throws {
    guard let url = bundle.url(forResource: name, withExtension: "plist") else { throw AssayMisuse("\(name).plist") }
    try self.init(contentsOf: url)
  }

  /// The configuration in the property list at `url`.
  ///
  /// - Throws: ``AssayMisuse`` if there is none, if it is malformed, or naming a key that is unknown
  public init(contentsOf url: URL) throws {
    guard let data = try? Data(contentsOf: url),
      let file = try? PropertyListSerialization.propertyList(from: data, format: nil) as? [String: Any],
      let endpoints = file["endpoints"] as? [String], let audiences = file["audiences"] as? [String: String]
    else { throw AssayMisuse(url.lastPathComponent) }
    // A misspelt option must not be one that has its default.
    if let name = file.keys.sorted().first(where: { !Self.known.contains($0) }) { throw AssayMisuse(name) }
    let text = { (name: String) in
      guard let value = file[name] else { return nil as String? }
      guard let text = value as? String else { throw AssayMisuse(name) }
      return text
    }
    let number = { (name: String) in
      guard let value = file[name] else { return nil as Double? }
      guard let number = value as? NSNumber else { throw AssayMisuse(name) }
      return number.doubleValue
    }
    guard let app = try text("app"), let build = try text("build") else { throw AssayMisuse(url.lastPathComponent) }
    self.init(endpoints: endpoints, app: app, build: build, audiences: audiences)
    if let choice = try text("withoutToken") {
      guard let withoutToken = WithoutToken(rawValue: choice) else { throw AssayMisuse("withoutToken") }
      self.withoutToken = withoutToken
    }
    if let form = try text("proof") {
      guard let proof = ProofForm(rawValue: form) else { throw AssayMisuse("proof") }
      self.proof = proof
    }
    if let servers = file["authorizationServers"] {
      guard let servers = servers as? [String] else { throw AssayMisuse("authorizationServers") }
      authorizationServers = servers
    }
    if let timeout = try number("requestTimeout") { requestTimeout = timeout }
    if let idle = try number("idleAfter") { idleAfter = idle }
    keychainAccessGroup = try text("keychainAccessGroup")
    appGroup = try text("appGroup")
  }
}
