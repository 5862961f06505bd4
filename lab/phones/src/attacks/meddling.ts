import { randomBytes } from 'node:crypto'
import type { AttestationRequest, ChallengeResponse } from '@assay/protocol'
import type { Code } from './attack.ts'

/** The endpoint of attestations. */
export const attestations = '/v1/attestations'

type Rewrite = (path: string, body: string) => string

/** What somebody between an SDK and its service makes of bodies, whatever platform the SDK is for. */
export interface Way {
  /** Applies to requests of the SDK. */
  readonly sent?: Rewrite
  /** Applies to the answers that the SDK gets. */
  readonly answered?: Rewrite
}

/** An attack that consists in changing bodies on their way, with the code that refuses it each time. */
export interface Meddling {
  readonly id: string
  readonly expected: Code
  readonly ways: readonly Way[]
}

/** Changes the SDK's attestation request. */
export const sending = (change: (request: AttestationRequest) => object): Way => ({
  sent: (path, body) => {
    if (path !== attestations) return body
    const request = JSON.parse(body) as AttestationRequest
    return JSON.stringify({ ...request, ...change(request) })
  },
})

/** Changes challenge and plan on their way to the SDK. */
const challenging = (change: (answer: ChallengeResponse) => object): Way => ({
  answered: (path, body) => {
    if (path !== '/v1/challenges') return body
    const answer = JSON.parse(body) as ChallengeResponse
    return JSON.stringify({ ...answer, ...change(answer) })
  },
})

interface Plan {
  readonly probes: readonly string[]
  readonly reads: readonly object[]
}

const planned = (change: (plan: Plan) => object | string) =>
  challenging(({ plan }) => {
    const changed = change(JSON.parse(Buffer.from(plan, 'base64url').toString()) as Plan)
    const text = typeof changed === 'string' ? changed : JSON.stringify(changed)
    return { plan: Buffer.from(text).toString('base64url') }
  })

const recoded = (change: (challenge: Buffer) => Buffer) =>
  challenging(({ attestation_challenge: challenge }) => ({
    attestation_challenge: change(Buffer.from(challenge, 'base64url')).toString('base64url'),
  }))

/** What somebody in place of the service asks for: more than the code of this app, or another's. */
const greedy: readonly ((plan: Plan) => object | string)[] = [
  (plan) => ({ ...plan, probes: [...plan.probes, 'contacts'] }),
  (plan) => ({ ...plan, probes: ['contacts.all'] }),
  (plan) => ({ ...plan, reads: [{ op: 'range', segment: 4000, length: 64 }, ...plan.reads] }),
  (plan) => ({ ...plan, reads: [{ op: 'file', path: '/data/local.db' }] }),
  (plan) => ({
    ...plan,
    reads: Array.from({ length: 64 }, () => ({ op: 'range', segment: 0, length: 4096 })),
  }),
  (plan) => ({ ...plan, app: 'com.example.bank' }),
  (plan) => ({ ...plan, live: { show: ['sign'], run: [] } }),
  (plan) => JSON.stringify(plan).padEnd(1 << 19),
]

export const meddlings: readonly Meddling[] = [
  {
    id: 'evidence-stripped',
    expected: 'evidence_list_mismatch',
    ways: [sending(() => ({ evidence: [] }))],
  },
  {
    id: 'answer-signed-by-other',
    expected: 'client_data_signature_invalid',
    ways: [sending(() => ({ signature: randomBytes(64).toString('base64url') }))],
  },
  {
    id: 'plan-made-easier',
    expected: 'challenge_invalid',
    ways: [planned((plan) => ({ ...plan, reads: plan.reads.slice(0, 1) }))],
  },
  {
    id: 'challenge-made-up',
    expected: 'challenge_invalid',
    ways: [recoded((bytes) => Buffer.concat([bytes.subarray(0, 28), randomBytes(20)]))],
  },
  {
    id: 'challenge-redated',
    expected: 'challenge_invalid',
    ways: [
      recoded((bytes) => {
        bytes.writeUInt32BE(bytes.readUInt32BE(4) + 3600, 4)
        return bytes
      }),
    ],
  },
  { id: 'hostile-service', expected: 'sdk:plan_refused', ways: greedy.map(planned) },
]
