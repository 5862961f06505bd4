import type { ChallengeRequest, ProblemCode } from '@assay/protocol'
import { ProblemError } from '../../faults/problem-error.ts'
import type { Clock } from '../../system/ports.ts'
import type { RecordTrace } from '../ports.ts'

/** Refusals for a registered app. Nothing is kept about any other app: anybody can name one. */
const kept: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'build_not_registered',
  'build_retired',
  'build_below_minimum',
  'audience_not_registered',
])

export type KeepRefusedChallenge = (request: ChallengeRequest, trace: string, error: unknown) => void

interface RefusedChallengeDependencies {
  recordTrace: RecordTrace
  /** Whether one more trace of the app may be kept: a flood must neither fill the store nor push out other traces. */
  mayKeep: (app: string) => boolean
  clock: Clock
}

/** Keeps a trace of challenges that are refused for reasons that a mistake in a release would cause. */
export function createRefusedChallenges({
  recordTrace,
  mayKeep,
  clock,
}: RefusedChallengeDependencies): KeepRefusedChallenge {
  return ({ app, build }, trace, error) => {
    if (!(error instanceof ProblemError) || !kept.has(error.code) || !mayKeep(app)) return
    const at = new Date(clock()).toISOString()
    recordTrace({ trace, at, app, build, outcome: 'denied', code: error.code, segments: [], ear: null })
  }
}
