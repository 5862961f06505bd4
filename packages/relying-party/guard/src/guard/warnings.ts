import type { GuardOptions } from './guard-options.ts'

/** Seconds between two warnings of one code. */
const warnEvery = 60

/**
 * For `onDecision`: warns of what was not let through, at most once a minute for each code, so that neither a stranger
 * nor an outage floods the log. A line says code, method, path and, where values disagree, which; never a token, a proof
 * or a query.
 *
 * @param clock Unix milliseconds.
 */
export function createWarnings(
  warn: (line: string) => void,
  clock: () => number,
): NonNullable<GuardOptions['onDecision']> {
  const codes = new Map<string, { since: number; held: number }>()
  return (decision, { method, path }) => {
    if (decision.ok) return
    const now = clock() / 1000
    const last = codes.get(decision.code)
    if (last !== undefined && now >= last.since && now - last.since < warnEvery) {
      last.held += 1
      return
    }
    codes.set(decision.code, { since: now, held: 0 })
    const more = last === undefined || last.held === 0 ? '' : `, and ${last.held} times more before`
    const where = JSON.stringify(`${method} ${path ?? ''}`.slice(0, 120))
    warn(`${decision.code} for ${where}${decision.detail === null ? '' : `: ${decision.detail}`}${more}`)
  }
}
