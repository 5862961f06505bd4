import type { BuildSummary } from '@assay/protocol/schemas'
import {
  challengeFlags,
  challengeLifetime,
  challengePurposes,
  flagsOfVariant,
  type ChallengePurpose,
  type ChallengeRequest,
  type ChallengeResponse,
  type EvidencePurpose,
  type TokenKind,
} from '@assay/protocol'
import { imageForDevice, numberOf, type BuildImage } from '../model/build-image.ts'
import type { PlatformVerifier } from '../evidence/platform-evidence.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import {
  admitRegistered,
  checkTokenKinds,
  type Admitted,
  type Registered,
} from '../registrations/admission.ts'

import type { Clock } from '../../system/ports.ts'
import type { StepWrapper } from '../speed/step-wrapper.ts'
import { readPlan, type Measurements } from '../measurement/measurements.ts'
import type { ChallengeKeys } from './challenge-keys.ts'
import type { KeepUnsignedReport } from './unsigned-report.ts'
import type { KeepRefusedChallenge } from './refused-challenges.ts'
import type { RemedyFor } from '../model/ports.ts'

/** Those that a request means that names none. */
const kindsOfOlderSdks: readonly TokenKind[] = ['attestation']

interface ChallengeDependencies {
  registrations: Registered
  clock: Clock
  measurements: Pick<Measurements, 'currentEpoch' | 'planned'>
  challengeKeys: ChallengeKeys
  platform: Pick<PlatformVerifier, 'isAsked'>
  keepRefused: KeepRefusedChallenge
  remedyFor: RemedyFor
  keepUnsignedReport: KeepUnsignedReport
}

export type ChallengeUseCases = ReturnType<typeof createChallengeUseCases>

/**
 * Issues challenges. The client says whether it enrols or refreshes, and its client data shows whether that is true:
 * issuing a challenge writes nothing and reads no store. A few refusals and reports leave a trace.
 */
export function createChallengeUseCases(dependencies: ChallengeDependencies, wrapStep: StepWrapper) {
  const { registrations, measurements, challengeKeys, platform, clock } = dependencies
  const { keepRefused, keepUnsignedReport, remedyFor } = dependencies

  const admit = async (request: ChallengeRequest, trace: string, network: string): Promise<Admitted> => {
    try {
      const admitted = await admitRegistered(registrations, request, clock())
      checkTokenKinds(admitted, request.token_kinds ?? kindsOfOlderSdks)
      return admitted
    } catch (error) {
      keepRefused(request, trace, error, network)
      throw await withRemedy(error, request.app, remedyFor)
    }
  }

  const answer = wrapStep((response: ChallengeResponse) => response)

  return {
    /** @throws ProblemError with the trace under which the operator may find the refusal */
    issue: wrapStep(
      async (request: ChallengeRequest, trace: string, network: string): Promise<ChallengeResponse> => {
        const { app, build } = await admit(request, trace, network)
        const sendsAccessTokens = request.token_kinds?.includes('access') === true
        keepUnsignedReport(request, trace)
        const isRefresh = request.purpose === 'refresh'
        const epoch = measurements.currentEpoch()
        const image = imageFor(build, request)
        const key = { abi: request.abi, ...image }
        const planned = await measurements.planned(key, epoch, app.probes)
        const { planText, planDigest } = planned
        const isNamed = request.plan !== undefined
        const challenge = challengeKeys.issue(
          {
            purpose: purpose(request),
            flags:
              (isRefresh ? challengeFlags.refresh : 0) |
              (sendsAccessTokens ? challengeFlags.accessTokens : 0) |
              (isNamed ? challengeFlags.namedPlan : 0) |
              flagsOfVariant(numberOf(image)),
            epoch,
          },
          {
            app: app.id,
            build: build.id,
            key: request.key ?? '',
            ...(isNamed
              ? { plan: planDigest, abi: request.abi ?? '' }
              : { plan: readPlan(planned).planBytes }),
          },
        )
        return answer({
          attestation_challenge: challenge,
          ...(isNamed && request.plan === planDigest.toString('base64url') ? {} : { plan: planText }),
          expires_in: challengeLifetime,
          ...(platform.isAsked(app) ? { evidence: statedPurpose(request) } : {}),
        })
      },
    ),
  }
}

/**
 * The image that the plan is for. The registration decides which there are: of those for the ABI of the request, the one
 * with its shape, or else the oldest. A shape only chooses, so whoever makes one up chooses among the same images.
 *
 * @throws ProblemError `abi_not_registered`, `request_invalid`
 */
function imageFor(build: BuildSummary, { abi, shape }: ChallengeRequest): BuildImage {
  const isByAbi = build.splits !== null
  if (!isByAbi && abi !== undefined)
    throw new ProblemError('request_invalid', { errors: [{ pointer: '/abi', code: 'unrecognized_keys' }] })
  const image = imageForDevice(build, isByAbi ? (abi ?? '') : undefined, shape)
  if (image === undefined) throw new ProblemError('abi_not_registered')
  return image
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

/** What refuses a registration says it openly, so the remedy for it tells nothing more. */
async function withRemedy(error: unknown, app: string, remedyFor: RemedyFor): Promise<unknown> {
  if (!(error instanceof ProblemError)) return error
  const { code } = error
  const remedy = await remedyFor({ app, code, outward: code })
  return remedy === undefined ? error : new ProblemError(code, { ...error, remedy })
}
