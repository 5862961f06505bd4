import Foundation

/// Reports that the app has come to the foreground. The notifications are named by their texts, so that the SDK needs
/// neither UIKit nor AppKit and works in extensions.
final class LifeCycle: @unchecked Sendable {
  private static let names = ["UIApplicationDidBecomeActiveNotification", "NSApplicationDidBecomeActiveNotification"]
  private let observers: [any NSObjectProtocol]

  init(_ action: @escaping @Sendable () -> Void) {
    observers = Self.names.map { name in
      NotificationCenter.default.addObserver(forName: Notification.Name(name), object: nil, queue: nil) { _ in action() }
    }
  }

  deinit {
    observers.forEach(NotificationCenter.default.removeObserver)
  }
}
