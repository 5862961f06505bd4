import type { RecentOutcome } from '@assay/service'

/** Those that a batch may repeat, or come before: what other nodes refuse arrives within a few seconds. */
const near = 200

/**
 * @param known the newest first
 * @param batch oldest first
 * @returns all of them by time, the newest first, and each once
 */
export function withNewer(
  known: readonly RecentOutcome[],
  batch: readonly RecentOutcome[],
): readonly RecentOutcome[] {
  const newest = known.slice(0, near)
  const traces = new Set(newest.map(({ trace }) => trace))
  const fresh = batch.filter(({ trace }) => !traces.has(trace)).reverse()
  if (fresh.length === 0) return known
  const merged = [...fresh, ...newest].sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
  return [...merged, ...known.slice(near)]
}
