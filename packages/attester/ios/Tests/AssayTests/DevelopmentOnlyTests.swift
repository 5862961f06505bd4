import AssayCore
import Foundation
import Testing

@testable import Assay

@Suite struct DevelopmentOnlyTests {
  private let secret: AssayConfiguration = {
    var configuration = AssayConfiguration(
      endpoints: ["https://attest.example"], app: "com.example.app", build: "dev",
      audiences: ["https://api.example": "https://api.example"])
    configuration.developmentSecret = "assaydev_x"
    return configuration
  }()
  private let refusal = AssayMisuse("developmentSecret (debuggable builds only)")

  /// A profile, between what CMS puts around it.
  private func profile(_ entitlements: String) -> Bytes {
    [0x30, 0x82, 0x3c] + Array("<plist><dict>\(entitlements)</dict></plist>".utf8) + [0xa0, 0x3c]
  }

  /// Checks a configuration in a bundle with this profile, if any.
  private func check(_ configuration: AssayConfiguration, _ profile: Bytes?, needsProfile: Bool = true) throws {
    let bundle = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).app")
    defer { try? FileManager.default.removeItem(at: bundle) }
    try FileManager.default.createDirectory(at: bundle, withIntermediateDirectories: true)
    if let profile { try Data(profile).write(to: bundle.appendingPathComponent("embedded.mobileprovision")) }
    try configuration.checkDevelopmentOnly(in: bundle, needsProfile: needsProfile)
  }

  @Test func noReleaseStartsWithADevelopmentSecret() throws {
    let forDistribution = profile("<key>get-task-allow</key>\n\t<false/><key>beta-reports-active</key><true/>")
    for release in [nil, forDistribution, profile(""), profile("<key>get-task-allow</key>"), []] {
      #expect(throws: refusal) { try check(secret, release) }
      var configuration = secret
      configuration.developmentSecret = nil
      try check(configuration, release)
    }
  }

  @Test func aBuildThatXcodeRunsStartsWithOne() throws {
    try check(secret, profile("<key>get-task-allow</key>\n\t\t<true/>"))
    try check(secret, nil, needsProfile: false)
  }

  /// This process has no profile, like an app from the App Store.
  @Test func theClientOfADeviceIsChecked() async throws {
    #expect(throws: refusal) { try Assay(secret) }
  }
}
