import type { BuildSummary } from '@assay/protocol/schemas'
import {
  challengeFlags,
  challengeLifetime,
  challengePurposes,
  type ChallengePurpose,
  type ChallengeRequest,
  type ChallengeResponse,
  type EvidencePurpose,
} from '@assay/protocol'
import type { PlatformVerifier } from '../evidence/platform-evidence.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import { admitRegistered, type Admitted, type Registered } from '../registrations/admission.ts'

import type { StepWrapper } from '../speed/step-wrapper.ts'
import type { Measurements } from '../measurement/measurements.ts'
import type { ChallengeKeys } from './challenge-keys.ts'
import type { KeepUnsignedReport } from './unsigned-report.ts'
import type { KeepRefusedChallenge } from './refused-challenges.ts'

interface ChallengeDependencies {
  registrations: Registered
  measurements: Pick<Measurements, 'currentEpoch' | 'planned'>
  challengeKeys: ChallengeKeys
  platform: Pick<PlatformVerifier, 'isAsked'>
  keepRefused: KeepRefusedChallenge
  keepUnsignedReport: KeepUnsignedReport
}

export type ChallengeUseCases = ReturnType<typeof createChallengeUseCases>

/**
 * Issues challenges. The client says whether it enrols or refreshes, and its client data shows whether that is true:
 * issuing a challenge writes nothing and reads no store. A few refusals and reports leave a trace.
 */
export function createChallengeUseCases(dependencies: ChallengeDependencies, wrapStep: StepWrapper) {
  const { registrations, measurements, challengeKeys, platform, keepRefused, keepUnsignedReport } =
    dependencies

  const admit = async (request: ChallengeRequest, trace: string, network: string): Promise<Admitted> => {
    try {
      return await admitRegistered(registrations, request)
    } catch (error) {
      keepRefused(request, trace, error, network)
      throw error
    }
  }

  const answer = wrapStep((response: ChallengeResponse) => response)

  return {
    /** @throws ProblemError with the trace under which the operator may find the refusal */
    issue: wrapStep(
      async (request: ChallengeRequest, trace: string, network: string): Promise<ChallengeResponse> => {
        const { app, build } = await admit(request, trace, network)
        keepUnsignedReport(request, trace)
        const isRefresh = request.purpose === 'refresh'
        const epoch = measurements.currentEpoch()
        const key = { abi: abiOf(build, request), ...build }
        const { planBytes, planText } = await measurements.planned(key, epoch, app.probes)
        const challenge = challengeKeys.issue(
          {
            purpose: purpose(request),
            flags: isRefresh ? challengeFlags.refresh : 0,
            epoch,
          },
          { app: app.id, build: build.id, key: request.key ?? '', plan: planBytes },
        )
        return answer({
          attestation_challenge: challenge,
          plan: planText,
          expires_in: challengeLifetime,
          ...(platform.isAsked(app) ? { evidence: statedPurpose(request) } : {}),
        })
      },
    ),
  }
}

/**
 * The ABI that the plan is for. The registration decides whether there is one: a request can only agree.
 *
 * @throws ProblemError `abi_not_registered`, `request_invalid`
 */
function abiOf({ splits }: Pick<BuildSummary, 'splits'>, { abi }: ChallengeRequest): string | undefined {
  if (splits === null) {
    if (abi === undefined) return undefined
    throw new ProblemError('request_invalid', { errors: [{ pointer: '/abi', code: 'unrecognized_keys' }] })
  }
  if (abi === undefined || !splits.abis.includes(abi)) throw new ProblemError('abi_not_registered')
  return abi
}

/**
 * Only the client knows whether it enrols or refreshes.
 *
 * @throws ProblemError `request_invalid`
 */
function statedPurpose({ purpose }: ChallengeRequest): EvidencePurpose {
  if (purpose !== undefined) return purpose
  throw new ProblemError('request_invalid', { errors: [{ pointer: '/purpose', code: 'invalid_value' }] })
}

/** Without a key, the challenge is for a key that has yet to be generated and attested. */
function purpose({ key }: Pick<ChallengeRequest, 'key'>): ChallengePurpose {
  return key === undefined ? challengePurposes.oneKey : challengePurposes.attestation
}
