import type { Outcome } from './outcome.ts'

/** Counts the results of a fault during its trial. */
export interface Tally {
  attempts: number
  doubleAcceptances: number
  losses: number
  /** Records a recovery in milliseconds; the longest counts. */
  recovered(milliseconds: number): void
  /** Checks another expectation. Each sentence is kept once. */
  want(holds: boolean, otherwise: string): void
  fact(name: string, value: number | string): void
  outcome(): Outcome
}

export function createTally(): Tally {
  let recoveryMs = 0
  const unmet = new Set<string>()
  const facts: Record<string, number | string> = {}
  const tally: Tally = {
    attempts: 0,
    doubleAcceptances: 0,
    losses: 0,
    recovered: (milliseconds) => void (recoveryMs = Math.max(recoveryMs, milliseconds)),
    want: (holds, otherwise) => void (holds || unmet.add(otherwise)),
    fact: (name, value) => void (facts[name] = value),
    outcome: () => {
      const { attempts, doubleAcceptances, losses } = tally
      return { attempts, doubleAcceptances, losses, recoveryMs, unmet: [...unmet], facts }
    },
  }
  return tally
}
