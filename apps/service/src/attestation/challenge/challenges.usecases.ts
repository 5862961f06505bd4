import {
  challengeLifetime,
  challengePurposes,
  type App,
  type ChallengePurpose,
  type ChallengeRequest,
  type ChallengeResponse,
  type EvidencePurpose,
} from '@assay/protocol'
import { admitRegistered, type Admitted } from '../registrations/admission.ts'
import type { RegisteredFacts } from '../registrations/registered-facts.ts'
import type { NextTurn } from '../cohort.ts'
import type { FloodLimits } from '../../http/limits/flood-limits.ts'
import type { Measurements } from '../measurement/measurements.ts'
import type { Clock } from '../../system/ports.ts'
import type { ChallengeKeys } from './challenge-keys.ts'
import type { KeepRefusedChallenge } from './refused-challenges.ts'

interface ChallengeDependencies {
  facts: Pick<RegisteredFacts, 'find'>
  measurements: Pick<Measurements, 'currentEpoch' | 'planned'>
  keys: ChallengeKeys
  limits: Pick<FloodLimits, 'app'>
  /** What evidence would be for, of this key; undefined: the app is asked for none. */
  purposeOf: (app: App, key: string | undefined) => Promise<EvidencePurpose | undefined>
  keepRefused: KeepRefusedChallenge
  nextTurn: NextTurn
  clock: Clock
}

export type ChallengeUseCases = ReturnType<typeof createChallengeUseCases>

/** Issues challenges. Nothing is written to issue one; of refusals a few leave a trace. */
export function createChallengeUseCases(dependencies: ChallengeDependencies) {
  const { facts, measurements, keys, limits, purposeOf, keepRefused, nextTurn, clock } = dependencies

  const admit = async (request: ChallengeRequest, trace: string): Promise<Admitted> => {
    try {
      return await admitRegistered(facts, request)
    } catch (error) {
      keepRefused(request, trace, error)
      throw error
    }
  }

  return {
    /** @throws ProblemError under whose trace the operator may find the refusal */
    async issue(request: ChallengeRequest, trace: string): Promise<ChallengeResponse> {
      await nextTurn()
      const { app, build } = await admit(request, trace)
      limits.app(app.id)
      const epoch = measurements.currentEpoch()
      const { planBytes, planText } = await measurements.planned(build, epoch, app.probes)
      const challenge = keys.issue(
        { purpose: purpose(request), issuedAt: Math.floor(clock() / 1000), epoch },
        { app: app.id, build: build.id, key: request.key ?? '', plan: planBytes },
      )
      const evidence = await purposeOf(app, request.key)
      await nextTurn()
      return {
        attestation_challenge: challenge,
        plan: planText,
        expires_in: challengeLifetime,
        ...(evidence === undefined ? {} : { evidence }),
      }
    },
  }
}

/** Without a key it is for one that is yet to be made and attested. */
function purpose({ key }: Pick<ChallengeRequest, 'key'>): ChallengePurpose {
  return key === undefined ? challengePurposes.androidKeyAttestation : challengePurposes.attestation
}
