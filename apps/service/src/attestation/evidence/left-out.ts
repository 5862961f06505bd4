import { EvidenceError } from '@assay/evidence'
import type { Accepted, EvidenceScheme } from '@assay/evidence'
import type { App } from '@assay/protocol/schemas'
import { isOptional } from './expected.ts'

/**
 * Whether evidence in which its vendor says nothing counts as left out: where the app need not have it, and other
 * evidence of this exchange vouches for the key. Whoever sends it could have left it out, so nobody gains by sending it.
 */
export function mayLeaveOut(
  error: unknown,
  scheme: EvidenceScheme,
  { app, fresh }: { app: App; fresh: readonly Accepted[] },
): error is EvidenceError {
  if (!(error instanceof EvidenceError)) return false
  const code: unknown = error.code
  const saysNothing = scheme.saysNothing?.some((each) => each === code) === true
  return saysNothing && isOptional(scheme, app) && fresh.some(({ vouchingKey }) => vouchingKey !== undefined)
}
