/// The last events in a form that can be pasted anywhere.
@AssayActor
final class DebugLog {
  private let clock: any DeviceClock
  private let begun: Double
  private var lines: [String] = []
  private let most = 200

  nonisolated init(_ clock: any DeviceClock) {
    self.clock = clock
    begun = clock.monotonic()
  }

  func add(_ event: AssayEvent) {
    let seconds = Int((clock.monotonic() - begun) / 1000)
    lines.append("+\(seconds)s \(words(event))")
    if lines.count > most { lines.removeFirst() }
  }

  private func words(_ event: AssayEvent) -> String {
    switch event {
    case .token(let event), .refreshed(let event):
      "\(event.source == .shared ? "kept " : "")tokens for \(event.audiences.count), "
        + "\(Int(event.expiresIn)) s, clock off by \(Int(event.clockOffset)) s, trace \(event.trace)"
    case .refreshFailed(let error, let retryIn): "failed, \(error), next in \(Int(retryIn)) s\(origin(of: error))"
    case .denied(let error): "denied\(origin(of: error))"
    case .keyRenewed(let cause): "key renewed, \(cause)"
    }
  }

  private func origin(of error: AssayError) -> String {
    (error.problem.map { ", problem \($0)" } ?? "") + (error.trace.map { ", trace \($0)" } ?? "")
  }

  func text(_ configuration: CheckedConfiguration, _ state: AssayState) -> String {
    let given = configuration.given
    return (["\(sdkMarker) app \(given.app) build \(given.build) state \(state.rawValue)"] + lines).joined(separator: "\n")
  }
}
