import type { AttestationTrace, Stats } from '@assay/protocol/schemas'

/** Attestations of the build of a trace that proved possession, within some time. */
export interface RecentCounts {
  passed: number
  refused: number
  /** Of the refused, those with the code of the trace. */
  alike: number
}

/** The last 15 minutes, and the day before them. */
export interface Recent {
  now: RecentCounts
  before: RecentCounts
}

/** Milliseconds. Minutes are counted separately for longer than both. */
const lately = 15 * 60_000
const day = 24 * 3_600_000

/** @param get answers `GET` of a path of the service. @param now milliseconds since 1970 */
export async function readRecent(
  get: (path: string) => Promise<unknown>,
  { app, build, code }: Pick<AttestationTrace, 'app' | 'build' | 'code'>,
  now: number,
): Promise<Recent> {
  const read = async (since: number, until: number): Promise<RecentCounts> => {
    const times = { since: new Date(since).toISOString(), until: new Date(until).toISOString() }
    const query = new URLSearchParams({ ...times, by: 'code', app, build, limit: '1000' })
    const { groups } = (await get(`v1/stats?${query.toString()}`)) as Stats
    const sum = (name: 'passed' | 'refused', of = groups) => of.reduce((all, group) => all + group[name], 0)
    const alike = groups.filter((group) => group.code === code)
    return { passed: sum('passed'), refused: sum('refused'), alike: sum('refused', alike) }
  }
  const start = now - lately
  // A minute that is partly within counts, and is counted once.
  const border = start - (start % 60_000)
  return { now: await read(border, now + 1), before: await read(border - day, border) }
}

/** Refusals alike below which numbers say nothing about other devices. */
const few = 5
/** A share of them that is unusual, if it has risen, and one that is in any case. */
const shares = { risen: 0.2, any: 0.5 }

const shareOf = ({ passed, refused, alike }: RecentCounts) =>
  passed + refused === 0 ? 0 : alike / (passed + refused)

/** Whether many devices are refused alike at the moment. */
export function areMany({ now, before }: Recent): boolean {
  const share = shareOf(now)
  return now.alike >= few && (share > shares.any || (share > shares.risen && share > 2 * shareOf(before)))
}

const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 })

/** The share of refusals alike, in words. */
export const shareInWords = (counts: RecentCounts): string =>
  counts.passed + counts.refused === 0 ? 'there were none' : percent.format(shareOf(counts))
