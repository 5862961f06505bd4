import AssayCore
import Foundation

extension AssayConfiguration {
  /// Refuses a development secret in an app that is distributed: on a device, one whose profile admits no debuggers, or
  /// that has none. A simulator has no profiles, and a Catalyst app need not have one.
  ///
  /// - Throws: ``AssayMisuse`` naming the option
  func checkDevelopmentOnly(in bundle: URL = Bundle.main.bundleURL, needsProfile: Bool = Self.needsProfile) throws {
    guard developmentSecret != nil, needsProfile else { return }
    let profile = try? Data(contentsOf: bundle.appendingPathComponent("embedded.mobileprovision"))
    guard let profile, ProvisioningProfile(Bytes(profile)).admitsDebuggers else {
      throw AssayMisuse("developmentSecret (debuggable builds only)")
    }
  }

  private static var needsProfile: Bool {
    #if targetEnvironment(simulator) || targetEnvironment(macCatalyst)
      false
    #else
      true
    #endif
  }
}
