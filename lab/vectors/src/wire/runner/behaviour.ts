import {
  AssayClientError,
  createAssayClient,
  memoryImage,
  type AnyKeyStore,
  type AssayClient,
  type ClientEventName,
  type ClientToken,
  type EvidenceSource,
  type InstallationKey,
} from '@assay/client'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import type { PublicJwk } from '@assay/protocol'
import type { Json } from '../case/case.ts'
import { base64url, sha256 } from '../material/bytes.ts'
import { bytesOf, type SegmentInput } from '../material/image.ts'
import { member, Refusal, type Answering, type Input } from './answering.ts'
import { fakeDevice, idle } from './fake-device.ts'
import { fakeNetwork, type Answered } from './fake-network.ts'

type Step = Readonly<Record<string, Json>>

/** Plays a scenario over the public client, and reports what is seen after each step. */
export const answerBehaviour: Answering = async (input) => {
  const device = fakeDevice(member(input, 'wallError'))
  const network = fakeNetwork()
  const client = createAssayClient({
    endpoints: member<string[]>(input, 'endpoints'),
    app: member(input, 'app'),
    build: member(input, 'build'),
    audiences: Object.fromEntries(member<[string, string][]>(input, 'audiences')),
    image: memoryImage(
      member<SegmentInput[]>(input, 'segments').map((one) => ({ ...one, bytes: bytesOf(one) })),
    ),
    crypto: nodeCrypto,
    keyStore: keyStoreOf(input),
    probes: [],
    live: { functions: {}, exercises: {} },
    ...(input['abi'] === undefined ? {} : { abi: member<string>(input, 'abi') }),
    evidence: member<EvidenceFaults[]>(input, 'evidence').map(sourceOf),
    fetch: network.fetch,
    clock: device.clock,
    timers: device.timers,
    random: (length) => new Uint8Array(length).fill(member<number>(input, 'chance')),
    requestTimeout: member(input, 'requestTimeout'),
    idleAfter: member(input, 'idleAfter'),
  })
  let events: Json[] = []
  for (const name of eventNames) client.on(name, (event) => events.push(membersOf(name, event)))
  let results: Json[] = []
  const settle = (id: Json | undefined, promise: Promise<Readonly<Record<string, Json>>>) =>
    void promise.then(
      (result) => results.push({ id: id as string, ...result }),
      (error: unknown) => results.push({ id: id as string, ...errorOf(error) }),
    )
  const seen: Json[] = []
  for (const step of member<Step[]>(input, 'steps')) {
    switch (step['do']) {
      case 'getToken':
        settle(step['id'], getToken(client, step))
        break
      case 'proof':
        settle(step['id'], proof(client, step))
        break
      case 'answer':
        network.answer(step as unknown as Answered)
        break
      case 'pass':
        await device.pass(step['milliseconds'] as number)
        break
      case 'sleep':
        device.sleep(step['milliseconds'] as number)
        break
      case 'setWall':
        device.setWall(step['milliseconds'] as number)
        break
      case 'setReference':
        setReference(client, step, (misuse) => results.push(misuse))
        break
      case 'wake':
        client.wake()
        break
      case 'close':
        client.close()
        break
      default:
        throw new Refusal('UNKNOWN_STEP')
    }
    await idle()
    // What is due at once is not left for the next step.
    await device.pass(0)
    const kinds = Object.entries({ calls: network.taken(), events, results })
    seen.push(Object.fromEntries(kinds.filter(([, list]) => list.length > 0)))
    ;[events, results] = [[], []]
  }
  client.close()
  return seen
}

const eventNames: readonly ClientEventName[] = [
  'token',
  'refreshed',
  'refresh-failed',
  'denied',
  'key-renewed',
]

function membersOf(event: ClientEventName, reported: object): Json {
  const { error, trace, cause, remedy, ...rest } = reported as {
    error?: AssayClientError
    trace?: string
    remedy?: object
    cause?: unknown
  }
  void cause
  return {
    event,
    ...(error === undefined ? {} : { error: error.code }),
    ...(trace === undefined ? {} : { trace }),
    ...(remedy === undefined ? {} : { remedy: { ...remedy } }),
    ...(rest as Readonly<Record<string, Json>>),
  }
}

/** `null` takes it away. */
function setReference(client: AssayClient, { reference }: Step, push: (result: Json) => void): void {
  try {
    client.setReference(reference === null ? undefined : (reference as string))
  } catch (error) {
    push(errorOf(error))
  }
}

async function getToken(
  client: AssayClient,
  { audience, forceRefresh }: Step,
): Promise<Readonly<Record<string, Json>>> {
  const options = forceRefresh === undefined ? {} : { forceRefresh: forceRefresh as boolean }
  const { tokenType, ...token }: ClientToken = await client.getToken(audience as string | undefined, options)
  return { ...token, ...(tokenType !== undefined && { tokenType }) }
}

async function proof(
  client: AssayClient,
  { method, url, authorization, nonce }: Step,
): Promise<Readonly<Record<string, Json>>> {
  const request = { method, url, authorization, nonce } as Parameters<AssayClient['proof']>[0]
  const headers = await client.proof(request)
  const [scheme, access] = headers['Authorization']?.split(' ') ?? []
  const token = headers['OAuth-Client-Attestation'] ?? access ?? ''
  return {
    ...(scheme !== undefined && { scheme }),
    token,
    ...(headers['DPoP'] !== undefined && { proof: claimsOf(headers['DPoP'], token) }),
  }
}

/** All but what chance gives. `token` stands for the hash of the token that is sent with it. */
function claimsOf(proof: string, token: string): Json {
  const [, payload = ''] = proof.split('.')
  const { jti, ...claims } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, Json>
  void jti
  return claims['ath'] === base64url(sha256(token)) ? { ...claims, ath: 'token' } : claims
}

function errorOf(error: unknown): Readonly<Record<string, Json>> {
  if (!(error instanceof AssayClientError)) {
    if ((error as { code?: unknown }).code === 'ERR_INVALID_ARG_VALUE') return { misuse: true }
    throw error
  }
  const { code, retryable, problem, trace, retryAfter, remedy } = error
  return {
    error: code,
    retryable,
    ...(problem === undefined ? {} : { problem }),
    ...(trace === undefined ? {} : { trace }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(remedy === undefined ? {} : { remedy: remedy as unknown as Json }),
  }
}

/** Fails as often as specified, and then gives one key after the other. */
function keyStoreOf(input: Input): AnyKeyStore {
  const keys = member<PublicJwk[]>(input, 'keys')
  const faults = { open: 0, sign: 0, renew: 0, attest: 0, ...member<object>(input, 'keyFaults') }
  let current = 0
  const failing = (what: keyof typeof faults) => {
    if (faults[what]-- > 0) throw new Error(`the key store cannot ${what}`)
  }
  const key = (): InstallationKey => ({
    publicJwk: keys[current] as PublicJwk,
    isEnrolled: current === 0 && member(input, 'enrolled'),
    sign() {
      failing('sign')
      return new Uint8Array(64)
    },
  })
  if (member(input, 'oneKey')) {
    current = -1
    return {
      async open() {
        failing('open')
        return current < 0 ? undefined : key()
      },
      async renew() {
        failing('renew')
        return undefined
      },
      async attest(commitment) {
        failing('attest')
        current++
        return { key: key(), evidence: { format: 'attested-key', commitment } }
      },
    }
  }
  return {
    async open() {
      failing('open')
      return key()
    },
    async renew() {
      failing('renew')
      current++
      return key()
    },
  }
}

interface EvidenceFaults {
  readonly format: string
  readonly prepare?: number
  readonly collect?: number
}

/** Names its evidence by format and purpose. */
function sourceOf({ format, prepare = 0, collect = 0 }: EvidenceFaults): EvidenceSource {
  return {
    prepare(purpose) {
      if (prepare-- > 0) throw new Error('no evidence')
      const named = `${format}-${purpose}`
      return {
        format: named,
        collect(binding) {
          if (collect-- > 0) throw new Error('no evidence')
          return { format: named, binding }
        },
      }
    },
  }
}
