import AssayCore
import Foundation

extension Ports {
  /// The ports of this device.
  static func system(_ configuration: AssayConfiguration, bundle: MainBundle = .main, script: URL? = nil) -> Ports {
    let crypto = CryptoKitCryptography()
    let keychain = Keychain(service: bundle.keychainService(configuration), accessGroup: configuration.keychainAccessGroup)
    let around = SystemSurroundings(bundlePath: bundle.appPath)
    let appAttest = AppAttestSource(
      AppAttest(), keychain, crypto, notIn: bundle.placeWithoutAppAttest(configuration),
      device: around.isSimulator ? "simulator" : around.isOnMac ? "mac" : "device")
    let lock = FileLock.file(app: configuration.app, group: configuration.appGroup)
    return Ports(
      clock: SystemClock(), timers: SystemTimers(), transport: ServiceTransport(), cryptography: crypto,
      keyStore: DeviceKeyStore(EnclaveKeys(), keychain),
      shared: DeviceSharedState(keychain, sleep: { try? await sleepFor($0) }, makeTime: { ExpiringActivity() }, makeLock: { FileLock(lock) }),
      evidence: [appAttest],
      image: AppImages(of: bundle, script: script),
      probes: SystemProbes.all(around))
  }
}

extension MainBundle {
  /// As the system tells it.
  static var main: MainBundle {
    let about = Bundle.main.object(forInfoDictionaryKey: "NSExtension") as? [String: Any]
    return MainBundle(
      path: Bundle.main.bundleURL.resolvingSymlinksInPath().path, identifier: Bundle.main.bundleIdentifier,
      extensionPoint: about?["NSExtensionPointIdentifier"] as? String)
  }
}
