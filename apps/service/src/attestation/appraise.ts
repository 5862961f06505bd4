import {
  accept,
  earDocument,
  type AppraisalFacts,
  type AppraisalInput,
  type AppraisalResult,
  type BootKeys,
  type Policy,
} from '@assay/appraisal'
import type { AdmissibleTier } from '@assay/protocol'
import type { Api, App, BuildSummary } from '@assay/protocol/schemas'
import { ProblemError } from '../faults/problem-error.ts'
import type { PlatformEvidence } from './evidence/platform-evidence.ts'
import type { Submission, ApiResult, VerifiedEvidence } from './submission.ts'
import type { AllowedTier } from './registrations/registrations.ts'
import type { PseudonymOf } from './issue.ts'

/** Seconds: asking again for remembered evidence that is younger would not improve it. */
const youngest = 3_600

export interface AppraisalPorts {
  appraise: (input: AppraisalInput) => AppraisalResult
  policyFor: (app: App, api: Api) => Promise<Policy>
  /** Boot keys that the operator has given. */
  bootKeys: () => Promise<BootKeys>
  pseudonymOf: PseudonymOf
  /** Called for each exchange that was judged, except for repeats. Does not throw. */
  onAppraised: (appraised: Appraised) => void
  /** Whether the operator lets an installation through at an API, given the name by which tokens know it. */
  isAllowed: (app: App, installation: AllowedTier) => Promise<boolean>
}

interface AppraisalOrder {
  evidence: VerifiedEvidence
  submission: Submission
  apis: readonly Api[]
  /** Milliseconds since 1970. */
  at: number
  /** The exchange has been judged before. */
  isRepeat: boolean
}

/** What was judged, for observers: nothing that they do changes an answer. */
export interface Appraised {
  app: App
  build: BuildSummary
  /** Thumbprint of the installation key. */
  thumbprint: string
  input: Omit<AppraisalInput, 'policy'>
  results: readonly ApiResult[]
}

/**
 * Appraises all evidence of one exchange, new and remembered, under the policy of each API. If the policy of an API
 * refuses an installation that is on the API's allow list, the installation keeps its tier. The list does not help when
 * the policy cannot decide, nor where the code is not the registered one, however long the entry has been there: it may
 * have been patched since. Nor does it at an API of kind `access`: no stock resource server reads that a token was let
 * through.
 */
export async function appraiseEvidence(
  { evidence, submission, apis, at, isRepeat }: AppraisalOrder,
  ports: AppraisalPorts,
): Promise<ApiResult[]> {
  const { policyFor, appraise } = ports
  const { measured, codeDiffers, platform, holderKey, hardwareKeyDemanded, enrolmentsToday } = evidence
  const { app, build, read } = submission
  const claims = [measured, ...[...platform.recalled, ...platform.fresh].map(({ verified }) => verified)]
  const facts = factsOf({ holderKey, enrolmentsToday, hardwareKeyDemanded }, platform)
  const input = { claims, now: at / 1000, facts, bootKeys: await ports.bootKeys() }
  const isAllowedAt = async ({ audience, token }: Api, tier: AdmissibleTier) => {
    if (codeDiffers || token !== 'attestation') return false
    const installation = ports.pseudonymOf(app.id, audience, read.thumbprint)
    return ports.isAllowed(app, { audience, tier, installation })
  }
  const results: ApiResult[] = []
  for (const api of apis) {
    const result = appraise({ policy: await policyFor(app, api), ...input })
    const { policy, tier } = result
    const acceptance = accept(result, api)
    if (acceptance.accepted) results.push({ api, holderKey, policy, ...acceptance, allowed: false })
    else if (tier !== 'none' && (await isAllowedAt(api, tier)))
      results.push({ api, holderKey, policy, accepted: true, tier, allowed: true })
    else results.push({ api, policy, tier, codeDiffers, ...acceptance, ear: () => earOf(result) })
  }
  if (!isRepeat) ports.onAppraised({ app, build, thumbprint: read.thumbprint, input, results })
  return results
}

/** What the service knows besides the claims: the same for an attestation and for a dry run. */
export function factsOf(
  installation: AppraisalFacts['installation'],
  { expected, unread, ages }: Pick<PlatformEvidence, 'expected' | 'unread' | 'ages'>,
): AppraisalFacts {
  return { installation, ...expected, unread, ages }
}

/** Stays on the server, for the operator. */
function earOf(result: AppraisalResult): unknown {
  return earDocument(result, {
    verifier: { developer: 'assay', build: '0' },
    policies: 'urn:assay:policy',
  })
}

/**
 * If remembered evidence is old and some API refuses it, new evidence may satisfy that API. A refusal of recent
 * evidence is final.
 *
 * @throws ProblemError `enrolment_required`
 */
export function checkEnough({ platform }: VerifiedEvidence, results: readonly ApiResult[]): void {
  if (mayImprove(platform) && results.some(({ accepted }) => !accepted))
    throw new ProblemError('enrolment_required')
}

/** Whether some evidence is so old that an installation that is refused is asked to enrol. */
export function mayImprove({ ages }: Pick<AppraisalFacts, 'ages'>): boolean {
  return Object.values(ages).some((age) => age >= youngest)
}

/** The facts once it has enrolled again, for those who only count: its evidence states the same, and is new. */
export function asEnrolled(facts: AppraisalFacts): AppraisalFacts {
  return { ...facts, ages: Object.fromEntries(Object.keys(facts.ages).map((format) => [format, 0])) }
}
