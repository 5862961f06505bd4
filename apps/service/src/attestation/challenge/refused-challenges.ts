import type { ChallengeRequest, ProblemCode } from '@assay/protocol'
import { ProblemError } from '../../faults/problem-error.ts'
import type { Clock } from '../../system/ports.ts'
import type { UnregisteredBuilds } from './unregistered-builds.ts'
import { anonymousTrace, type RecordTrace } from '../model/ports.ts'
import type { Count } from '../model/counted-attestation.ts'

/** Refusals for a registered app. Nothing is kept about any other app: anybody can name one. */
const kept: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'build_not_registered',
  'build_retired',
  'build_below_minimum',
  'build_expired',
  'channel_not_admitted',
  'audience_not_registered',
  'token_kind_unsupported',
])

const refused = { platform: '', outcome: 'unproven', tier: '', evidence: '', policy: '' } as const

export type KeepRefusedChallenge = (
  request: ChallengeRequest,
  trace: string,
  error: unknown,
  network: string,
) => void

interface RefusedChallengeDependencies {
  recordTrace: RecordTrace
  /** Whether one more trace of the app may be kept: a flood must neither fill the store nor push out other traces. */
  mayKeep: (app: string) => boolean
  count: Count
  /** A network has named an unregistered build of a registered app. */
  onUnregistered: UnregisteredBuilds['named']
  clock: Clock
}

/** Keeps a trace of challenges that are refused for reasons that a faulty release would cause. */
export function createRefusedChallenges({
  recordTrace,
  mayKeep,
  count,
  onUnregistered,
  clock,
}: RefusedChallengeDependencies): KeepRefusedChallenge {
  return ({ app, build }, trace, error, network) => {
    if (!(error instanceof ProblemError)) return
    const isKnown = kept.has(error.code)
    const isBuild = isKnown && error.code !== 'build_not_registered'
    count({ ...refused, app: isKnown ? app : '', build: isBuild ? build : '', code: error.code })
    if (error.code === 'build_not_registered') onUnregistered(app, build, network)
    if (!isKnown || !mayKeep(app)) return
    const at = new Date(clock()).toISOString()
    recordTrace(anonymousTrace({ trace, at, app, build, outcome: 'denied', code: error.code }))
  }
}
