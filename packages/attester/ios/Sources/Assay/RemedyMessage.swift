import AssayCore
import Foundation

extension Remedy.Kind {
  /// What to tell the user, to start from: German where `language` begins with `de`, English otherwise. Any text of the app may take its
  /// place.
  ///
  /// - Parameters:
  ///   - language: as the system names it; by default the one that the app runs in
  ///   - trace: of the error, which support asks for; without one, the text of `contactSupport` does not mention it
  public func message(language: String = Bundle.main.preferredLocalizations.first ?? "en", trace: String? = nil) -> String {
    let isGerman = language == "de" || language.hasPrefix("de-")
    let text = isGerman ? german : english
    guard self == .contactSupport else { return text }
    let lead = isGerman ? "Halten Sie diesen Code bereit" : "Have this code ready"
    return trace.map { "\(text) \(lead): \($0)" } ?? text
  }

  private var english: String {
    switch self {
    case .updateApp:
      "This version of the app is no longer supported. Please install the latest version."
    case .updateOS:
      "The operating system of this device is out of date. Please install all available updates, then try again."
    case .updatePlay:
      "Google Play is out of date. Please update Google Play Store and Google Play services, then try again."
    case .playDialog:
      "Google Play can help with this. Please follow the steps it shows, then try again."
    case .lockBootLoader:
      "This device could not be verified because its bootloader is unlocked. Please install an operating system that supports a locked bootloader, then lock the bootloader. Locking it erases all data on the device."
    case .installFromStore:
      "This copy of the app could not be verified. Please uninstall it, then install the app from the store."
    case .reloadPage:
      "There is a new version of this page. Please reload it."
    case .contactSupport:
      "This device could not be verified. Please contact support."
    case .tryLater:
      "This is not working at the moment. Please try again later."
    }
  }

  private var german: String {
    switch self {
    case .updateApp:
      "Diese Version der App wird nicht mehr unterstützt. Bitte installieren Sie die neueste Version."
    case .updateOS:
      "Das Betriebssystem dieses Geräts ist veraltet. Bitte installieren Sie alle verfügbaren Updates und versuchen Sie es dann noch einmal."
    case .updatePlay:
      "Google Play ist veraltet. Bitte aktualisieren Sie den Google Play Store und die Google Play-Dienste und versuchen Sie es dann noch einmal."
    case .playDialog:
      "Google Play kann hier helfen. Bitte folgen Sie den angezeigten Schritten und versuchen Sie es dann noch einmal."
    case .lockBootLoader:
      "Dieses Gerät konnte nicht überprüft werden, weil sein Bootloader entsperrt ist. Bitte installieren Sie ein Betriebssystem, das einen gesperrten Bootloader unterstützt, und sperren Sie danach den Bootloader. Dabei werden alle Daten auf dem Gerät gelöscht."
    case .installFromStore:
      "Diese Kopie der App konnte nicht überprüft werden. Bitte deinstallieren Sie sie und installieren Sie die App dann aus dem Store."
    case .reloadPage:
      "Es gibt eine neue Version dieser Seite. Bitte laden Sie sie neu."
    case .contactSupport:
      "Dieses Gerät konnte nicht überprüft werden. Bitte wenden Sie sich an den Support."
    case .tryLater:
      "Das funktioniert im Moment nicht. Bitte versuchen Sie es später noch einmal."
    }
  }
}
