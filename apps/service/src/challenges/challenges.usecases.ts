import {
  challengeLifetime,
  challengePurposes,
  type ChallengeRequest,
  type ChallengeResponse,
} from '@assay/protocol'
import { admitRegistered } from '../facts/admission.ts'
import type { RegisteredFacts } from '../facts/registered-facts.ts'
import type { FloodLimits } from '../http/flood-limits.ts'
import type { Measurements } from '../images/measurements.ts'
import type { Clock } from '../ports.ts'
import type { ChallengeKeys } from './challenge-keys.ts'

interface ChallengeDependencies {
  facts: Pick<RegisteredFacts, 'find'>
  measurements: Pick<Measurements, 'currentEpoch' | 'planned'>
  keys: ChallengeKeys
  limits: Pick<FloodLimits, 'app'>
  clock: Clock
}

export type ChallengeUseCases = ReturnType<typeof createChallengeUseCases>

/** Issues challenges. Nothing is written to issue one. */
export function createChallengeUseCases({ facts, measurements, keys, limits, clock }: ChallengeDependencies) {
  return {
    async issue(request: ChallengeRequest): Promise<ChallengeResponse> {
      const { app, build } = await admitRegistered(facts, request)
      limits.app(app.id)
      const epoch = measurements.currentEpoch()
      const { planBytes, planText } = await measurements.planned(build, epoch, app.probes)
      const challenge = keys.issue(
        { purpose: challengePurposes.attestation, issuedAt: Math.floor(clock() / 1000), epoch },
        { app: app.id, build: build.id, key: request.key, plan: planBytes },
      )
      return { attestation_challenge: challenge, plan: planText, expires_in: challengeLifetime }
    },
  }
}
