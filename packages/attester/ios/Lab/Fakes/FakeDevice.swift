import AssayCore
import Foundation

/// Time that passes only on command, and a device whose wall clock may be wrong. For use on ``LabExecutor`` only.
public final class FakeDevice: @unchecked Sendable {
  private final class Waiting {
    let due: Double
    let number: Int
    let action: @Sendable () async -> Void

    init(_ due: Double, _ number: Int, _ action: @escaping @Sendable () async -> Void) {
      self.due = due
      self.number = number
      self.action = action
    }
  }

  private let begin = 1_790_000_000_000.0
  /// No clock of a device starts at zero.
  private let monotonicBegin = 5_000.0
  private let lock = NSLock()
  private var now = 0.0
  private var wallOffset: Double
  private var waiting: [Waiting] = []
  private var last = 0

  public init(wallError: Double = 0) {
    wallOffset = wallError
  }

  /// Lets time pass: timers fire in order, and what they start is carried out.
  public func pass(_ milliseconds: Double) async {
    let end = lock.withLock { now + milliseconds }
    while let next = takeNext(until: end) {
      Task { await next.action() }
      await LabExecutor.shared.idle()
    }
    lock.withLock { now = end }
  }

  private func takeNext(until end: Double) -> Waiting? {
    lock.withLock {
      let next = waiting.filter { $0.due <= end }.min { ($0.due, $0.number) < ($1.due, $1.number) }
      guard let next else { return nil }
      now = max(now, next.due)
      waiting.removeAll { $0 === next }
      return next
    }
  }

  /// Monotonic clock and timers stand still.
  public func sleep(_ milliseconds: Double) {
    lock.withLock { wallOffset += milliseconds }
  }

  /// Sets the wall clock of the device forward or back.
  public func setWall(_ milliseconds: Double) {
    lock.withLock { wallOffset += milliseconds }
  }

  /// Timers that are set, in milliseconds from now.
  public var pending: [Double] {
    lock.withLock { waiting.map { $0.due - now }.sorted() }
  }
}

extension FakeDevice: DeviceClock {
  public func monotonic() -> Double { lock.withLock { monotonicBegin + now } }
  public func wall() -> Double { lock.withLock { begin + now + wallOffset } }
}

extension FakeDevice: Timers {
  private struct Handle: Scheduled {
    let remove: @Sendable () -> Void
    func cancel() { remove() }
  }

  public func schedule(after milliseconds: Double, _ action: @escaping @Sendable () async -> Void) -> any Scheduled {
    lock.withLock {
      last += 1
      let number = last
      waiting.append(Waiting(now + milliseconds, number, action))
      return Handle { [self] in lock.withLock { waiting.removeAll { $0.number == number } } }
    }
  }
}
