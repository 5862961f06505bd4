import AssayCore
import Foundation

extension AssayConfiguration {
  /// The configuration in a property list, by default `Assay.plist` of the app. Its keys are the names of the options.
  ///
  /// - Throws: ``AssayMisuse`` if there is none, or if it is malformed
  public init(plist name: String = "Assay", in bundle: Bundle = .main) throws {
    guard let url = bundle.url(forResource: name, withExtension: "plist") else { throw AssayMisuse("\(name).plist") }
    try self.init(contentsOf: url)
  }

  /// The configuration in the property list at `url`.
  ///
  /// - Throws: ``AssayMisuse`` if there is none, or if it is malformed
  public init(contentsOf url: URL) throws {
    guard let data = try? Data(contentsOf: url),
      let file = try? PropertyListSerialization.propertyList(from: data, format: nil) as? [String: Any],
      let endpoints = file["endpoints"] as? [String], let audiences = file["audiences"] as? [String: String]
    else { throw AssayMisuse(url.lastPathComponent) }
    let text = { (name: String) in
      guard let value = file[name] else { return nil as String? }
      guard let text = value as? String else { throw AssayMisuse(name) }
      return text
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
    keychainAccessGroup = try text("keychainAccessGroup")
    appGroup = try text("appGroup")
  }
}
