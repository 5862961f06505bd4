import type { Limit } from './rules.ts'
import { windowLengths } from './window.ts'

/** The rest of a limit, and the seconds until its window ends. */
export interface Remainder {
  readonly limit: Limit
  readonly left: number
  readonly wait: number
}

const names = new Map<number, string>(Object.entries(windowLengths).map(([name, seconds]) => [seconds, name]))

const isShown = ({ scope, unit, limit }: Limit): boolean =>
  scope === 'installation' && unit === 'requests' && limit !== Infinity

/** `RateLimit-Policy` of a route (draft-ietf-httpapi-ratelimit-headers-10, section 3); `undefined`: none to show. */
export function rateLimitPolicy(limits: readonly Limit[]): string | undefined {
  const shown = limits.filter(isShown)
  if (shown.length === 0) return undefined
  return shown.map((limit) => `${nameOf(limit)};q=${limit.limit};w=${limit.seconds}`).join(', ')
}

/** Both fields; none where the installation has no limit of requests. */
export function rateLimitFields(
  policy: string | undefined,
  remainders: readonly Remainder[],
): Readonly<Record<string, string>> {
  if (policy === undefined) return {}
  const items = remainders
    .filter(({ limit }) => isShown(limit))
    .map(({ limit, left, wait }) => `${nameOf(limit)};r=${Math.max(0, left)};t=${wait}`)
  return { 'RateLimit-Policy': policy, RateLimit: items.join(', ') }
}

function nameOf({ seconds }: Limit): string {
  return `"per-${names.get(seconds) ?? seconds}"`
}
