import type { ChallengeRequest, ProblemCode } from '@assay/protocol'
import { ProblemError } from '../../faults/problem-error.ts'
import { createTokenBuckets, type Quota } from '../../http/limits/token-bucket.ts'
import type { Clock } from '../../system/ports.ts'
import type { TraceBuffer } from '../../operations/trace-buffer.ts'

/** Refusals of an app that is registered. Of any other app nothing is kept: whoever likes can name one. */
const kept: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'build_not_registered',
  'build_retired',
  'build_below_minimum',
  'audience_not_registered',
])

/** Per app. Nobody has proved anything yet, so that a flood must neither fill the store nor push out other traces. */
const quota: Quota = { requests: 10, seconds: 60 }
/** Apps whose quota is remembered. */
const capacity = 10_000

export type KeepRefusedChallenge = (request: ChallengeRequest, trace: string, error: unknown) => void

/** Keeps a trace of challenges that are refused as a mistake in a release would have them refused. */
export function createRefusedChallenges(
  traces: Pick<TraceBuffer, 'record'>,
  clock: Clock,
): KeepRefusedChallenge {
  const take = createTokenBuckets(quota, capacity, clock)
  return ({ app, build }, trace, error) => {
    if (!(error instanceof ProblemError) || !kept.has(error.code) || !take(app).allowed) return
    const at = new Date(clock()).toISOString()
    traces.record({ trace, at, app, build, outcome: 'denied', code: error.code, segments: [], ear: null })
  }
}
