import { randomBytes } from 'node:crypto'
import type {
  AttestationRequest,
  AttestationResponse,
  ChallengeResponse,
  EvidenceItem,
} from '@assay/protocol'
import type { IosStage, SimulatedPhone } from '../ios/stage.ts'
import { allOf, send, type Code, type SdkAttack } from './attack.ts'
import { attack, attempt, call, headersOf } from './ios-attempt.ts'

const attestations = '/v1/attestations'

const requestOf = (body: string) => JSON.parse(body) as AttestationRequest

/** Changes what the SDK sends on its way to the service. */
function sending(change: (request: AttestationRequest) => object) {
  return ({ gate }: SimulatedPhone) => {
    gate.rewrite = (path, body) =>
      path === attestations ? JSON.stringify({ ...requestOf(body), ...change(requestOf(body)) }) : body
  }
}

/** Changes the challenge and the plan on their way to the SDK. */
function challenging(change: (answer: ChallengeResponse) => object) {
  return ({ gate }: SimulatedPhone) => {
    gate.rewriteAnswer = (path, body) => {
      if (path !== '/v1/challenges') return body
      const answer = JSON.parse(body) as ChallengeResponse
      return JSON.stringify({ ...answer, ...change(answer) })
    }
  }
}

type Plan = Record<string, unknown> & { reads: object[] }

const planned = (change: (plan: Plan) => object) =>
  challenging(({ plan }) => {
    const read = JSON.parse(Buffer.from(plan, 'base64url').toString()) as Plan
    return { plan: Buffer.from(JSON.stringify(change(read))).toString('base64url') }
  })

const recoded = (change: (challenge: Buffer) => Buffer) =>
  challenging(({ attestation_challenge: challenge }) => ({
    attestation_challenge: change(Buffer.from(challenge, 'base64url')).toString('base64url'),
  }))

/** Plans that want more than the app's own code and the probes that the SDK declares. */
const greedy: readonly ((plan: Plan) => object)[] = [
  (plan) => ({ ...plan, probes: ['contacts.all'] }),
  (plan) => ({ ...plan, reads: [{ op: 'file', path: '/var/mobile/secrets.db' }] }),
  (plan) => ({ ...plan, reads: [{ op: 'range', segment: 4000, length: 512 }] }),
  (plan) => ({
    ...plan,
    reads: Array.from({ length: 64 }, () => ({ op: 'range', segment: 0, length: 4096 })),
  }),
  (plan) => ({ ...plan, app: 'com.example.other' }),
  (plan) => ({ ...plan, live: { show: ['eval'], run: [] } }),
]

const meddling = (...how: readonly ((phone: SimulatedPhone) => void)[]) =>
  async function (stage: IosStage): Promise<Code> {
    const codes: Code[] = []
    for (const prepare of how) codes.push(await attempt(stage, {}, {}, prepare))
    return allOf(codes)
  }

/** What is changed, kept or made up between the SDK and the service. */
export const onTheWay: readonly SdkAttack<IosStage>[] = [
  attack('evidence-stripped', 'evidence_list_mismatch', meddling(sending(() => ({ evidence: [] })))),
  attack(
    'answer-signed-by-other',
    'client_data_signature_invalid',
    meddling(sending(() => ({ signature: randomBytes(64).toString('base64url') }))),
  ),
  attack(
    'plan-made-easier',
    'challenge_invalid',
    meddling(planned((plan) => ({ ...plan, reads: plan.reads.slice(0, 1) }))),
  ),
  attack(
    'challenge-made-up',
    'challenge_invalid',
    meddling(recoded((bytes) => Buffer.concat([bytes.subarray(0, 28), randomBytes(20)]))),
  ),
  attack(
    'challenge-redated',
    'challenge_invalid',
    meddling(
      recoded((bytes) => {
        bytes.writeUInt32BE(bytes.readUInt32BE(4) + 3600, 4)
        return bytes
      }),
    ),
  ),
  attack('hostile-service', 'sdk:plan_refused', meddling(...greedy.map(planned))),
  attack('answer-replayed', 'PROOF_KEY_MISMATCH', async (stage) => {
    const [victim, thief] = [await stage.phone(), await stage.phone()]
    await victim.start().ask('token')
    const again = await fetch(new URL(attestations, victim.gate.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: victim.gate.passed.at(-1)?.body ?? '',
    })
    const { tokens } = (await again.json()) as AttestationResponse
    const own = await headersOf(thief.start(), 'GET', `${stage.api.url}/v1/orders`)
    return send(stage.api, { ...own, 'OAuth-Client-Attestation': tokens[0]?.token ?? '' })
  }),
  attack('assertion-replayed', 'APP_ATTEST_ASSERTION_SIGNATURE', async (stage) => {
    const phone = await stage.phone()
    const app = phone.start()
    for (const force of [false, true]) await app.ask('token', { force })
    const evidence: readonly EvidenceItem[] = requestOf(phone.gate.passed.at(-1)?.body ?? '').evidence
    sending(() => ({ evidence }))(phone)
    return call(stage, app, { force: true })
  }),
  attack('token-other-audience', 'TOKEN_AUDIENCE', async (stage) => {
    const { own, other } = await twoApis(stage)
    return send(stage.api, { ...own, 'OAuth-Client-Attestation': other['OAuth-Client-Attestation'] ?? '' })
  }),
  attack('proof-replayed-other-api', 'PROOF_HTU,TOKEN_AUDIENCE', async (stage) => {
    const { own, other } = await twoApis(stage)
    const beside = { ...own, 'OAuth-Client-Attestation': other['OAuth-Client-Attestation'] ?? '' }
    return allOf([await send(stage.exacting, own), await send(stage.exacting, beside)])
  }),
  attack('proof-weaker-method', 'PROOF_METHOD_NOT_ADMITTED', async (stage) => {
    const app = (await stage.phone()).start({ proof: 'attestation-pop' })
    const fields = await app.ask('sign', { url: `${stage.api.url}/v1/orders` })
    const sent = Object.entries(fields).filter(([name]) => /^oauth-client-attestation/i.test(name))
    return send(stage.api, Object.fromEntries(sent.map(([name, value]) => [name, String(value)])))
  }),
]

/** Token and proof of one phone for the API, and for another one of the same app. */
async function twoApis({ api, exacting, phone }: IosStage) {
  const app = (await phone()).start({ audiences: { [api.url]: api.url, [exacting.url]: exacting.url } })
  const [own, other] = [api, exacting].map(({ url }) => headersOf(app, 'GET', `${url}/v1/orders`))
  return { own: (await own) ?? {}, other: (await other) ?? {} }
}
