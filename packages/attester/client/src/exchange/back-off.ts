import type { AssayClientError } from '../errors/error.ts'

const longest = 60_000
/** The network returns without notice, and a failed attempt costs nobody anything. */
const longestWithoutNetwork = 5_000

/**
 * Milliseconds to wait after the `failures`-th failure in a row: 1 s doubling to 60 s (to 5 s while the network is
 * away; from 8 s after faults that trying again does not cure), of which the lower half is fixed and the upper half
 * random. If the service says how long to wait, that is obeyed, up to 60 s. `chance` is at least 0 and below 1.
 */
export function backOff(failures: number, error: AssayClientError, chance: number): number {
  const { retryAfter, retryable } = error
  // Later than requested, never earlier: the service named the same moment to everyone.
  if (retryAfter) return Math.min(longest, retryAfter * 1000 * (1 + chance / 4))
  const cap = isOffline(error) ? longestWithoutNetwork : longest
  return Math.min(cap, 500 * 2 ** (failures + (retryable ? 0 : 3))) * (1 + chance) * 0.5
}

/** After so many denials in a row, under one code of the service, it will not change its mind by being asked again. */
export const mostRefusals = 3

/** Milliseconds between two exchanges from then on: four an hour at most. */
export function backOffWhileRefused(chance: number): number {
  return 900_000 * (1 + chance / 4)
}

/** Whether the fault is between here and the service, and may end at any moment. */
export function isOffline({ code }: AssayClientError): boolean {
  return code === 'network' || code === 'timeout'
}
