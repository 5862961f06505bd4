import type { DryRunReport } from '@assay/protocol/schemas'
import { wilsonInterval } from '../../system/wilson.ts'

/**
 * For one installation: why it gets no token, under the policy on trial and under the current one; undefined: it gets
 * one.
 */
export interface Judged {
  refusal: string | undefined
  today: string | undefined
}

/** A part of all installations, and the results for those that were looked at. */
export interface Population {
  kind: DryRunReport['basis'][number]['kind']
  of: number
  tally: Tally
}

type Tally = ReturnType<typeof createTally>

const mostReasons = 20

/** Counts judged installations. */
export function createTally() {
  const counts = { judged: 0, undecided: 0, refused: 0, newlyRefused: 0, newlyAdmitted: 0 }
  const reasons = new Map<string, { code: string; build: string; count: number }>()
  return {
    counts,
    reasons,
    /** @param judged undefined: it could not be judged */
    add(build: string, judged: Judged | undefined): void {
      if (judged === undefined) {
        counts.undecided += 1
        return
      }
      const { refusal, today } = judged
      counts.judged += 1
      if (refusal === undefined && today !== undefined) counts.newlyAdmitted += 1
      if (refusal === undefined) return
      counts.refused += 1
      if (today === undefined) counts.newlyRefused += 1
      const name = `${refusal}\n${build}`
      const reason = reasons.get(name) ?? { code: refusal, build, count: 0 }
      reason.count += 1
      reasons.set(name, reason)
    },
  }
}

/** The sum of the parts. The intervals are added up, which makes the total wider than necessary. */
export function reportOf(
  populations: readonly Population[],
): Pick<
  DryRunReport,
  'installations' | 'refused' | 'newly_refused' | 'newly_admitted' | 'reasons' | 'basis'
> {
  const sum = (hits: (counts: Tally['counts']) => number): DryRunReport['refused'] => {
    const parts = populations.map((population) => estimate(population, hits(population.tally.counts)))
    return {
      count: total(parts.map(({ count }) => count)),
      low: total(parts.map(({ low }) => low)),
      high: total(parts.map(({ high }) => high)),
    }
  }
  return {
    installations: total(populations.map(({ of }) => of)),
    refused: sum(({ refused }) => refused),
    newly_refused: sum(({ newlyRefused }) => newlyRefused),
    newly_admitted: sum(({ newlyAdmitted }) => newlyAdmitted),
    reasons: reasonsOf(populations),
    basis: populations.map(({ kind, of, tally: { counts } }) => ({
      kind,
      installations: of,
      judged: counts.judged,
      undecided: counts.undecided,
    })),
  }
}

/** The count itself if all were judged; if only a part, the number that it stands for. */
function estimate({ of, tally: { counts } }: Population, hits: number): DryRunReport['refused'] {
  const { judged } = counts
  if (judged >= of) return { count: hits, low: hits, high: hits }
  const [low, high] = wilsonInterval(hits, judged)
  return {
    count: judged === 0 ? 0 : Math.round((hits / judged) * of),
    low: Math.max(hits, Math.floor(low * of)),
    high: Math.min(of, Math.ceil(high * of)),
  }
}

function reasonsOf(populations: readonly Population[]): DryRunReport['reasons'] {
  const sums = new Map<string, DryRunReport['reasons'][number]>()
  for (const { of, tally } of populations) {
    const scale = Math.max(1, of / Math.max(1, tally.counts.judged))
    for (const [name, { code, build, count }] of tally.reasons) {
      const known = sums.get(name) ?? { code, build, count: 0 }
      sums.set(name, { ...known, count: known.count + count * scale })
    }
  }
  return [...sums.values()]
    .map((reason) => ({ ...reason, count: Math.round(reason.count) }))
    .sort((a, b) => b.count - a.count)
    .slice(0, mostReasons)
}

const total = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0)
