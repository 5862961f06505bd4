import {
  admit,
  earDocument,
  type AppraisalFacts,
  type AppraisalInput,
  type AppraisalResult,
  type Policy,
} from '@assay/appraisal'
import type { Api, App } from '@assay/protocol'
import { ProblemError } from '../faults/problem-error.ts'
import type { Exchange, Verdict, VerifiedEvidence } from './exchange.ts'

/** Seconds: asking again for remembered evidence that is younger would not improve it. */
const youngest = 3_600

export interface AppraisalPorts {
  appraise: (input: AppraisalInput) => AppraisalResult
  policyFor: (app: App, api: Api) => Promise<Policy>
}

interface AppraisalOrder {
  evidence: VerifiedEvidence
  exchange: Exchange
  apis: readonly Api[]
  /** Milliseconds since 1970. */
  at: number
}

/** Appraises all evidence of one exchange, new and remembered, under the policy of each API. */
export async function appraiseEvidence(
  { evidence, exchange, apis, at }: AppraisalOrder,
  { policyFor, appraise }: AppraisalPorts,
): Promise<Verdict[]> {
  const { measured, platform, holderKey, hardwareKeyDemanded, enrolmentsToday } = evidence
  const { app } = exchange
  const claims = [measured, ...[...platform.recalled, ...platform.fresh].map(({ verified }) => verified)]
  const facts: AppraisalFacts = {
    installation: { holderKey, enrolmentsToday, hardwareKeyDemanded },
    ...platform.expected,
    unread: platform.unread,
    ages: platform.ages,
  }
  const verdicts: Verdict[] = []
  for (const api of apis) {
    const result = appraise({ claims, policy: await policyFor(app, api), now: at / 1000, facts })
    const admission = admit(result, api)
    verdicts.push(
      admission.admitted
        ? { api, holderKey, policy: result.policy, ...admission }
        : { api, policy: result.policy, tier: result.tier, ...admission, ear: () => earOf(result) },
    )
  }
  return verdicts
}

/** Stays on the server, for the operator. */
function earOf(result: AppraisalResult): unknown {
  return earDocument(result, {
    verifier: { developer: 'assay', build: '0' },
    policies: 'urn:assay:policy',
  })
}

/**
 * If remembered evidence is old and not enough for some API, new evidence may be. A refusal of young evidence is final.
 *
 * @throws ProblemError `enrolment_required`
 */
export function checkEnough({ platform }: VerifiedEvidence, verdicts: readonly Verdict[]): void {
  const oldest = Math.max(0, ...Object.values(platform.ages))
  const isOld = platform.recalled.length > 0 && oldest >= youngest
  if (isOld && verdicts.some(({ admitted }) => !admitted)) throw new ProblemError('enrolment_required')
}
