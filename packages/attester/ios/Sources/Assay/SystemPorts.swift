import AssayCore
import Foundation

extension Ports {
  /// The ports of this device.
  static func system(_ configuration: AssayConfiguration, folder: URL = Bundle.main.bundleURL, script: URL? = nil) -> Ports {
    let crypto = CryptoKitCryptography()
    let keychain = Keychain(service: "assay/\(configuration.app)", accessGroup: configuration.keychainAccessGroup)
    let lock = FileLock.file(app: configuration.app, group: configuration.appGroup)
    return Ports(
      clock: SystemClock(), timers: SystemTimers(), transport: ServiceTransport(), cryptography: crypto,
      keyStore: DeviceKeyStore(EnclaveKeys(), keychain),
      shared: DeviceSharedState(keychain, sleep: { try? await sleepFor($0) }, makeLock: { FileLock(lock) }),
      evidence: [AppAttestSource(AppAttest(), keychain, crypto)], image: AppImages(folder: folder, script: script),
      probes: SystemProbes.all(SystemSurroundings(bundlePath: folder.resolvingSymlinksInPath().path)))
  }
}
