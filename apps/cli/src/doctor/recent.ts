import type { ShownTrace } from '@assay/protocol/schemas'

export type Recent = ShownTrace['recent']
export type RecentCounts = Recent['now']

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
