import { callHook } from '../faults/malfunction.ts'
import type { FetchDocument } from './fetch.ts'

/** How the clocks of a guard and of its issuer differ. */
export interface ClockOffset {
  /**
   * Seconds by which the guard is ahead of the issuer at least; negative where it is behind, 0 where nothing shows a
   * difference: `Date` has no fractions of a second, and an answer takes time.
   */
  readonly seconds: number
}

/** Milliseconds of an exchange that says nothing any more: too slow, or a clock was set meanwhile. */
const longest = 5_000

/** Puts the comparison into a `fetch`. */
export type CompareClocks = (fetch: FetchDocument) => FetchDocument

interface Comparison {
  clock: () => number
  onClock: ((offset: ClockOffset) => void) | undefined
  onFault: ((fault: unknown) => void) | undefined
}

/** The same `fetch`, whose answers are compared with the clock by their `Date` (RFC 9110, section 6.6.1). */
export function comparingClocks(
  fetch: FetchDocument,
  { clock, onClock, onFault }: Comparison,
): FetchDocument {
  if (onClock === undefined) return fetch
  return async (url, init) => {
    const began = clock()
    const response = await fetch(url, init)
    const seconds = offsetOf(response.headers, began, clock())
    if (seconds !== undefined) callHook(() => onClock({ seconds }), onFault)
    return response
  }
}

/** @returns undefined if the answer says nothing of the issuer's clock; a cache states the `Date` of an earlier one */
function offsetOf(
  headers: { get(name: string): string | null },
  began: number,
  ended: number,
): number | undefined {
  const stated = Date.parse(headers.get('date') ?? '')
  if (headers.get('age') !== null || !(ended >= began && ended - began <= longest)) return undefined
  if (!Number.isFinite(stated)) return undefined
  // The answer was made between both, and within the second that it states.
  const [least, most] = [began - (stated + 1_000), ended - stated]
  if (least <= 0 && most >= 0) return 0
  return (least > 0 ? least : most) / 1_000
}
