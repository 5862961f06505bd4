import { ProblemError } from '../../faults/problem-error.ts'

/** Milliseconds by which the clock of a caller, who counts days from its own, may be ahead. */
const clockTolerance = 5 * 60_000

/**
 * Checks the end of something.
 *
 * @param time RFC 3339; undefined: never, which is allowed
 * @param now milliseconds since 1970
 * @param longest maximum in milliseconds from now; a few minutes more are allowed
 * @throws ProblemError `request_invalid`
 */
export function checkYetToCome(time: string | undefined, now: number, longest = Infinity): void {
  if (time === undefined) return
  const left = Date.parse(time) - now
  if (left > 0 && left <= longest + clockTolerance) return
  throw new ProblemError('request_invalid', { errors: [{ pointer: '/expires_at', code: 'invalid_value' }] })
}
