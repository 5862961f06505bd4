import AssayCore
import Foundation

extension AssayConfiguration {
  private struct File: Decodable {
    let endpoints: [String]
    let app: String
    let build: String
    let audiences: [String: String]
    let withoutToken: String?
    let proof: String?
    let keychainAccessGroup: String?
    let appGroup: String?
  }

  /// The configuration in a property list, `Assay.plist` of the app by default. Its keys are the names of the options.
  ///
  /// - Throws: ``AssayMisuse`` where there is none, or one that is malformed
  public init(plist name: String = "Assay", in bundle: Bundle = .main) throws {
    guard let url = bundle.url(forResource: name, withExtension: "plist") else { throw AssayMisuse("\(name).plist") }
    try self.init(contentsOf: url)
  }

  /// The configuration in the property list at `url`.
  ///
  /// - Throws: ``AssayMisuse`` where there is none, or one that is malformed
  public init(contentsOf url: URL) throws {
    guard let data = try? Data(contentsOf: url), let file = try? PropertyListDecoder().decode(File.self, from: data) else {
      throw AssayMisuse(url.lastPathComponent)
    }
    self.init(endpoints: file.endpoints, app: file.app, build: file.build, audiences: file.audiences)
    if let choice = file.withoutToken {
      guard let withoutToken = WithoutToken(rawValue: choice) else { throw AssayMisuse("withoutToken") }
      self.withoutToken = withoutToken
    }
    if let form = file.proof {
      guard let proof = ProofForm(rawValue: form) else { throw AssayMisuse("proof") }
      self.proof = proof
    }
    keychainAccessGroup = file.keychainAccessGroup
    appGroup = file.appGroup
  }
}
