/// Milliseconds to wait after the `failures`-th failure in a row: 1 s doubling to 60 s (to 5 s while the network is
/// away; from 8 s after faults that trying again does not cure), of which the lower half is fixed and the upper half
/// random. If the service says how long to wait, that is obeyed, up to 60 s.
///
/// - Parameter chance: at least 0 and below 1
func backOff(failures: Int, _ error: AssayError, chance: Double) -> Double {
  let longest = 60_000.0
  // Later than requested, never earlier: the service named the same moment to everyone.
  if let retryAfter = error.retryAfter { return min(longest, retryAfter * 1000 * (1 + chance / 4)) }
  // The network returns without notice, and a failed attempt costs nobody anything.
  let cap = error.isOffline ? 5_000 : longest
  let doublings = min(failures + (error.retryable ? 0 : 3), 30)
  return min(cap, 500 * Double(1 << doublings)) * (1 + chance) * 0.5
}

/// After so many denials in a row, under one code of the service, it will not change its mind by being asked again.
let mostRefusals = 3

/// Milliseconds between two exchanges from then on: four an hour at most.
func backOffWhileRefused(chance: Double) -> Double {
  900_000 * (1 + chance / 4)
}

extension AssayError {
  /// Whether the fault is between here and the service, and may end at any moment.
  var isOffline: Bool {
    code == .network || code == .timeout
  }
}
