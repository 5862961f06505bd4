import AssayCore
import Foundation

/// The clocks of the device. The monotonic one goes on while it sleeps.
struct SystemClock: DeviceClock {
  func monotonic() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) * 1000 + Double(now.tv_nsec) / 1_000_000
  }

  func wall() -> Double {
    Date().timeIntervalSince1970 * 1000
  }
}

struct SystemTimers: Timers {
  func schedule(after milliseconds: Double, _ action: @escaping @Sendable () async -> Void) -> any Scheduled {
    ScheduledTask(
      task: Task {
        guard (try? await sleepFor(milliseconds)) != nil, !Task.isCancelled else { return }
        await action()
      })
  }
}

private struct ScheduledTask: Scheduled {
  let task: Task<Void, Never>

  func cancel() {
    task.cancel()
  }
}

/// Sleeps, for at most some thirty years: more nanoseconds would not fit.
///
/// - Throws: `CancellationError`
func sleepFor(_ milliseconds: Double) async throws {
  try await Task.sleep(nanoseconds: UInt64(min(max(0, milliseconds), 1e12) * 1_000_000))
}
