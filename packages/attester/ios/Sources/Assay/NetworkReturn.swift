import Foundation
import Network

/// Watches whether there is a network.
protocol NetworkWatch: Sendable {
  /// Calls `report` with the state at the start and at each change, one call at a time, until ``cancel()``. Called once.
  func start(_ report: @escaping @Sendable (_ hasNetwork: Bool) -> Void)
  /// Ends the reports.
  func cancel()
}

/// The network as the system sees it.
final class SystemNetwork: NetworkWatch, @unchecked Sendable {
  private let monitor = NWPathMonitor()

  func start(_ report: @escaping @Sendable (Bool) -> Void) {
    monitor.pathUpdateHandler = { report($0.status == .satisfied) }
    monitor.start(queue: DispatchQueue(label: "dev.assay.network"))
  }

  func cancel() {
    monitor.cancel()
  }
}

/// Reports that a network is back, and not that there is one from the start.
final class NetworkReturn: Sendable {
  private let watch: any NetworkWatch

  init(_ watch: any NetworkWatch, _ action: @escaping @Sendable () -> Void) {
    self.watch = watch
    let last = Last()
    watch.start { if last.isReturn($0) { action() } }
  }

  deinit {
    watch.cancel()
  }
}

/// The last state that was reported.
private final class Last: @unchecked Sendable {
  private let access = NSLock()
  private var hadNetwork = true

  func isReturn(_ hasNetwork: Bool) -> Bool {
    access.withLock {
      defer { hadNetwork = hasNetwork }
      return hasNetwork && !hadNetwork
    }
  }
}
