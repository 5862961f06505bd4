import type { Outcome } from './stage/outcome.ts'

/** One row of `npm run faults -- --json`. */
export interface Row {
  /** Name of the fault, `@`, and the store. */
  readonly fault: string
  readonly attempts: number
  readonly doubleAcceptances: number
  readonly losses: number
  readonly recoveryMs: number
  readonly ok: boolean
}

/** Milliseconds within which the service must work again. */
export const longestRecovery = 10_000

/** The row of an outcome. A fault that was never tried has not passed. */
export function rowOf(fault: string, outcome: Outcome): Row {
  const { attempts, doubleAcceptances, losses, unmet } = outcome
  const recoveryMs = Math.round(outcome.recoveryMs)
  const ok =
    attempts > 0 &&
    doubleAcceptances === 0 &&
    losses === 0 &&
    recoveryMs <= longestRecovery &&
    unmet.length === 0
  return { fault, attempts, doubleAcceptances, losses, recoveryMs, ok }
}

/** Whether only the time is wrong: the service worked again, but too late. */
export function isOnlyLate(outcome: Outcome): boolean {
  const isInTime = outcome.recoveryMs <= longestRecovery
  return Number.isFinite(outcome.recoveryMs) && !isInTime && rowOf('', { ...outcome, recoveryMs: 0 }).ok
}
