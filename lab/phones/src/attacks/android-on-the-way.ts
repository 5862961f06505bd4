import { randomBytes } from 'node:crypto'
import {
  headerNames,
  type AttestationRequest,
  type AttestationResponse,
  type ChallengeResponse,
} from '@assay/protocol'
import { startPhone, type PhoneOptions, type Stage } from '../scenarios/scenario.ts'
import { allOf, send, type Code, type SdkAttack } from './attack.ts'
import { attempt, newName } from './attempt.ts'

const attestations = '/v1/attestations'
const { attestation, dpop } = headerNames

type Relay = Stage['world']['relay']

/** Changes what the SDK sends on its way to the service. */
const sending = (change: (request: AttestationRequest) => object) => (relay: Relay) => {
  relay.rewrite = (path, body) => {
    if (path !== attestations) return body
    const request = JSON.parse(body) as AttestationRequest
    return JSON.stringify({ ...request, ...change(request) })
  }
}

/** Changes challenge and plan on their way to the SDK. */
const challenging = (change: (answer: ChallengeResponse) => object) => (relay: Relay) => {
  relay.forge = (path, body) => {
    if (path !== '/v1/challenges') return body
    const answer = JSON.parse(body) as ChallengeResponse
    return JSON.stringify({ ...answer, ...change(answer) })
  }
}

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
  (plan) => ({ ...plan, reads: [{ op: 'range', segment: 4000, length: 64 }, ...plan.reads] }),
  (plan) => ({ ...plan, reads: [{ op: 'file', path: '/data/local.db' }] }),
  (plan) => ({ ...plan, app: 'com.example.bank' }),
  (plan) => ({ ...plan, live: { show: ['sign'], run: [] } }),
  (plan) => JSON.stringify(plan).padEnd(1 << 19),
]

const meddling =
  (...ways: readonly ((relay: Relay) => void)[]) =>
  async (stage: Stage): Promise<Code> => {
    const { relay } = stage.world
    const codes: Code[] = []
    for (const meddle of ways) {
      meddle(relay)
      try {
        codes.push(await attempt(stage))
      } finally {
        relay.rewrite = undefined
        relay.forge = undefined
      }
    }
    return allOf(codes)
  }

type Headers = Readonly<Record<string, string>>

/** What an SDK on a phone of its own adds to requests for these URLs. */
async function headersFor(stage: Stage, urls: readonly string[], options: Omit<PhoneOptions, 'name'> = {}) {
  const phone = await startPhone(stage, { ...options, name: newName() })
  const headers: Headers[] = []
  for (const url of urls) headers.push((await phone.ask('sign', { method: 'GET', url })) as Headers)
  await phone.ask('close')
  return headers
}

const orders = (url: string) => `${url}/v1/orders`
const named = (headers: Headers | undefined, ...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, headers?.[name] ?? '']))

/** Token and proof of one phone for its API, and the token for another one of the same app. */
async function twoApis(stage: Stage) {
  const { api, other } = stage.world
  const audiences = { [api.url]: api.url, [other.url]: other.url }
  const [own, foreign] = await headersFor(stage, [orders(api.url), orders(other.url)], { audiences })
  return { own: named(own, attestation, dpop), foreign: named(foreign, attestation) }
}

const attack = (id: string, expected: Code, run: SdkAttack<Stage>['attack']): SdkAttack<Stage> => ({
  id,
  expected,
  attack: run,
  twin: (stage) => attempt(stage),
})

/** What is changed, kept or sent elsewhere between the SDK, the service and the APIs. */
export const onTheWay: readonly SdkAttack<Stage>[] = [
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
    const { api, relay } = stage.world
    await headersFor(stage, [orders(api.url)])
    const body = relay.answered.filter(({ path }) => path === attestations).at(-1)?.body ?? ''
    const headers = { 'content-type': 'application/json' }
    const again = await fetch(new URL(attestations, relay.url), { method: 'POST', headers, body })
    const { tokens } = (await again.json()) as AttestationResponse
    const [own] = await headersFor(stage, [orders(api.url)])
    return send(api, { ...named(own, dpop), [attestation]: tokens[0]?.token ?? '' })
  }),
  attack('token-other-audience', 'TOKEN_AUDIENCE', async (stage) => {
    const { own, foreign } = await twoApis(stage)
    return send(stage.world.api, { ...own, ...foreign })
  }),
  attack('proof-replayed-other-api', 'PROOF_HTU,TOKEN_AUDIENCE', async (stage) => {
    const { own, foreign } = await twoApis(stage)
    return allOf([await send(stage.world.other, own), await send(stage.world.other, { ...own, ...foreign })])
  }),
  attack('proof-weaker-method', 'PROOF_METHOD_NOT_ADMITTED', async (stage) => {
    const { api } = stage.world
    const [headers] = await headersFor(stage, [orders(api.url)], { proof: 'attestation-pop' })
    return send(api, named(headers, attestation, 'OAuth-Client-Attestation-PoP'))
  }),
  attack('other-platform-audience', 'audience_not_registered', async (stage) => {
    const { other, bundled } = stage.world
    const { app, build, phones } = bundled
    const files = await bundled.installed('arm64-v8a')
    const audiences = { [other.url]: other.url }
    return attempt(stage, { app, build, files, hardware: phones.pixel(), audiences })
  }),
  attack('other-platform-token', 'APP_NOT_ADMITTED', async (stage) => {
    const { api, route } = stage.world
    const [headers] = await headersFor(stage, [orders(route.url)], { audiences: { [route.url]: api.url } })
    return send(route, named(headers, attestation, dpop))
  }),
]
