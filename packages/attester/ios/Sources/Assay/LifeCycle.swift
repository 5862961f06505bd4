import Foundation

/// Reports that the app has come to the foreground. The notification is named by its text, so that the SDK needs no UIKit
/// and works in extensions.
final class LifeCycle: @unchecked Sendable {
  private static let name = Notification.Name("UIApplicationDidBecomeActiveNotification")
  private let observer: any NSObjectProtocol

  init(_ action: @escaping @Sendable () -> Void) {
    observer = NotificationCenter.default.addObserver(forName: Self.name, object: nil, queue: nil) { _ in action() }
  }

  deinit {
    NotificationCenter.default.removeObserver(observer)
  }
}
