import AssayCore
import Foundation

extension Assay {
  /// Tries what only a device can show, and reports it as one JSON object: for a screen of the app, and for the device
  /// checklist. It contains no token, key, challenge or evidence. It makes one exchange.
  public func selfTest() async -> String {
    let around = SystemSurroundings(bundlePath: MainBundle.main.appPath)
    var report = SelfTestReport(
      system: ProcessInfo.processInfo.operatingSystemVersionString, isAppAttestSupported: AppAttest().isSupported,
      hasSecureEnclave: EnclaveKeys().hasSecureEnclave, textSegments: AppImages(of: .main).text()?.segments)
    for probe in SystemProbes.all(around) { report.add(probe.name, try? await probe.ask()) }
    let started = SystemClock().monotonic()
    do {
      report.exchanged(try await token(forceRefresh: true), milliseconds: SystemClock().monotonic() - started)
    } catch {
      report.failed(error)
    }
    return report.written
  }
}
