import AssayCore
import Foundation

/// Time by `ProcessInfo.performExpiringActivity`, which works in apps and extensions. The system keeps the process running
/// while the block that it is given runs, so that block waits on a thread of the system until the time is given back.
final class ExpiringActivity: RunningTime, @unchecked Sendable {
  /// Calls its argument with `false` if there is time, and with `true`, maybe while that call runs, as soon as there is none.
  typealias Perform = @Sendable (@escaping @Sendable (_ isExpired: Bool) -> Void) -> Void

  private let perform: Perform
  private let access = NSLock()
  private let isDone = DispatchSemaphore(value: 0)
  private var answer: CheckedContinuation<Bool, Never>?

  init(_ perform: @escaping Perform = ExpiringActivity.system) {
    self.perform = perform
  }

  func begin(_ expire: @escaping @Sendable () -> Void) async -> Bool {
    await withCheckedContinuation { continuation in
      access.withLock { answer = continuation }
      perform { [self] isExpired in
        if isExpired { expire() }
        tell(!isExpired)
        if isExpired { isDone.signal() } else { isDone.wait() }
      }
    }
  }

  func end() {
    isDone.signal()
  }

  private func tell(_ hasTime: Bool) {
    let waiting = access.withLock {
      defer { answer = nil }
      return answer
    }
    waiting?.resume(returning: hasTime)
  }

  private static let system: Perform = { block in
    #if os(iOS)
      ProcessInfo.processInfo.performExpiringActivity(withReason: "dev.assay.exchange", using: block)
    #else
      Thread.detachNewThread { block(false) }
    #endif
  }
}
