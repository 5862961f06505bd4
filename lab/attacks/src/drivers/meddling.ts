import { paths, type AttestationRequest, type ChallengeResponse } from '@assay/protocol'

type Rewrite = (path: string, body: string) => string

/** How somebody between an SDK and its service changes bodies, on any platform. */
export interface Way {
  /** Applies to requests of the SDK. */
  readonly sent?: Rewrite
  /** Applies to the answers that the SDK gets. */
  readonly answered?: Rewrite
}

/** Changes the SDK's attestation request. */
export const sending = (change: (request: AttestationRequest) => object): Way => ({
  sent: (path, body) => {
    if (path !== paths.attestations) return body
    const request = JSON.parse(body) as AttestationRequest
    return JSON.stringify({ ...request, ...change(request) })
  },
})

/** Changes challenge and plan on their way to the SDK. */
const challenging = (change: (answer: ChallengeResponse) => object): Way => ({
  answered: (path, body) => {
    if (path !== paths.challenges) return body
    const answer = JSON.parse(body) as ChallengeResponse
    return JSON.stringify({ ...answer, ...change(answer) })
  },
})

/** Members of a plan that attacks change. */
export interface Plan {
  readonly probes: readonly string[]
  readonly reads: readonly object[]
}

/** Changes the plan. */
export const planned = (change: (plan: Plan) => object | string) =>
  challenging(({ plan }) => {
    // Left out: the SDK has it from an answer before.
    if (plan === undefined) return {}
    const changed = change(JSON.parse(Buffer.from(plan, 'base64url').toString()) as Plan)
    const text = typeof changed === 'string' ? changed : JSON.stringify(changed)
    return { plan: Buffer.from(text).toString('base64url') }
  })

/** Changes the bytes of the challenge. */
export const recoded = (change: (challenge: Buffer) => Buffer) =>
  challenging(({ attestation_challenge: challenge }) => ({
    attestation_challenge: change(Buffer.from(challenge, 'base64url')).toString('base64url'),
  }))
