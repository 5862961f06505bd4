import AssayCore
import Foundation

extension Remedy.Kind {
  /// What to tell the user, to start from: German where `language` begins with `de`, English otherwise. Any text of the app may take its
  /// place.
  ///
  /// - Parameters:
  ///   - language: as the system names it; by default the one that the app runs in
  ///   - trace: of the error, which support asks for; without one, the text of `contactSupport` ends before it
  public func message(language: String = Bundle.main.preferredLocalizations.first ?? "en", trace: String? = nil) -> String {
    let isGerman = language == "de" || language.hasPrefix("de-")
    let text = isGerman ? german : english
    guard self == .contactSupport else { return text }
    return trace.map { "\(text): \($0)" } ?? text
  }

  private var english: String {
    switch self {
    case .updateApp:
      "This version of the app is no longer accepted. Please install the newest one."
    case .updateOS:
      "The system of this device is out of date. Please install all system updates, then try again."
    case .updatePlay:
      "Google Play is out of date. Please update Google Play Store and Google Play services, then try again."
    case .playDialog:
      "Google Play can help. Please follow the steps that it shows, then try again."
    case .lockBootLoader:
      "The boot loader of this device is unlocked, so it could not be verified. Please install a system that is made for a locked boot loader, and lock it. This erases the device."
    case .installFromStore:
      "This copy of the app could not be verified. Please remove it, and install the app from the store."
    case .reloadPage:
      "There is a new version of this page. Please load it again."
    case .contactSupport:
      "This device could not be verified. Please contact support, and give them this number"
    case .tryLater:
      "This does not work at the moment. Please try again later."
    }
  }

  private var german: String {
    switch self {
    case .updateApp:
      "Diese Version der App wird nicht mehr unterstützt. Bitte installieren Sie die neueste."
    case .updateOS:
      "Das System dieses Geräts ist veraltet. Bitte installieren Sie alle Systemupdates, und versuchen Sie es dann noch einmal."
    case .updatePlay:
      "Google Play ist veraltet. Bitte aktualisieren Sie den Google Play Store und die Google Play-Dienste, und versuchen Sie es dann noch einmal."
    case .playDialog:
      "Google Play kann helfen. Bitte folgen Sie den Schritten, die es anzeigt, und versuchen Sie es dann noch einmal."
    case .lockBootLoader:
      "Der Bootloader dieses Geräts ist entsperrt, deshalb konnte es nicht überprüft werden. Bitte installieren Sie ein System, das für einen gesperrten Bootloader gemacht ist, und sperren Sie ihn. Dabei wird das Gerät gelöscht."
    case .installFromStore:
      "Diese Kopie der App konnte nicht überprüft werden. Bitte entfernen Sie sie, und installieren Sie die App aus dem Store."
    case .reloadPage:
      "Es gibt eine neue Version dieser Seite. Bitte laden Sie sie neu."
    case .contactSupport:
      "Dieses Gerät konnte nicht überprüft werden. Bitte wenden Sie sich an den Support, und nennen Sie diese Nummer"
    case .tryLater:
      "Das geht im Moment nicht. Bitte versuchen Sie es später noch einmal."
    }
  }
}
