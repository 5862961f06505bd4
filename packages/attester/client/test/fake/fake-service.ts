import { createHash, createPublicKey, verify } from 'node:crypto'
import {
  checkResponse,
  digestImage,
  drawUpPlan,
  parsePlan,
  type CodeImage,
  type Exercises,
  type Segment,
} from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import {
  clientDataSigningInput,
  decodeBase64url,
  encodeBase64url,
  encodeChallenge,
  encodeChallengeHead,
  thumbprintInput,
  type AttestationRequest,
  type ChallengeRequest,
  type ClientData,
  type EvidencePurpose,
  type TokenType,
} from '@assay/protocol'
import { fixedRandom } from '@assay/testkit/fixed'
import type { FakeTime } from './fake-time.ts'

/** What a call meets in place of the service: before it is reached, or (`lost`) after it has done its work. */
export type Mishap = 'network' | 'hang' | 'lost' | (() => Response)

export interface Call {
  url: string
  path: '/v1/challenges' | '/v1/attestations'
  body: string
}

/** An attestation service as the wire contract has it, strict where the real one is, in memory and by fake time. */
export interface FakeService {
  fetch: typeof globalThis.fetch
  calls: Call[]
  /** Calls to `path`, the end of the URL. */
  bodies(path: Call['path']): string[]
  /** Client data of every attestation that came in. */
  clientData: ClientData[]
  mishaps: { [path in Call['path']]: Mishap[] }
  /** By host: endpoints that are down. */
  down: Set<string>
  settings: {
    expiresIn: number
    refreshAfter: number
    /** Audiences that get no token. */
    withheld: Set<string>
    /** APIs of the kind `access`, and the scheme of their tokens. */
    tokenTypes: Map<string, TokenType>
    /** What the answer says of APIs without a token, right or wrong. */
    remedies?: unknown
    epoch: number
    probes: string[]
    run: string[]
    show: string[]
    /** What the challenge asks of the sources of evidence. */
    evidence?: EvidencePurpose
    /** Segments of a second image. */
    text?: readonly Segment[]
    /** Plan bytes to hand out instead of the proper ones. */
    plan?: Uint8Array
    serverTime?: number
  }
  /** Tokens issued, in order. */
  issued: string[]
  /** The plan of the last challenge, base64url. */
  plan: string
}

export function problem(
  status: number,
  code: string,
  extra: { headers?: Record<string, string>; trace?: string; remedy?: object } = {},
) {
  const { headers, trace, remedy } = extra
  const body = { type: `urn:assay:problem:${code}`, title: code, status, code, trace, remedy }
  return () =>
    new Response(JSON.stringify(body), {
      status,
      headers: { 'Content-Type': 'application/problem+json', ...headers },
    })
}

const digestOf = (plan: string) =>
  createHash('sha256').update(Buffer.from(plan, 'base64url')).digest('base64url')

export function fakeService(
  time: Pick<FakeTime, 'trueSeconds'>,
  image: CodeImage,
  exercises: Exercises = {},
  shown: Readonly<Record<string, Uint8Array>> = {},
): FakeService {
  const random = fixedRandom('service')
  const open = new Map<string, { plan: string; key: string | undefined; until: number }>()
  const answered = new Map<
    string,
    { body: string; tokens: { audience: string; token: string; exp: number }[] }
  >()
  const service: FakeService = {
    calls: [],
    clientData: [],
    issued: [],
    plan: '',
    down: new Set(),
    mishaps: { '/v1/challenges': [], '/v1/attestations': [] },
    settings: {
      expiresIn: 300,
      refreshAfter: 150,
      withheld: new Set(),
      tokenTypes: new Map(),
      epoch: 7,
      probes: [],
      run: [],
      show: [],
    },
    bodies: (path) => service.calls.filter((call) => call.path === path).map((call) => call.body),
    fetch: async (input, init) => {
      const url = new URL(input as string)
      const path = url.pathname.slice(url.pathname.indexOf('/v1/')) as Call['path']
      const body = init?.body as string
      service.calls.push({ url: url.href, path, body })
      if (service.down.has(url.host)) throw new TypeError('fetch failed')
      const mishap = service.mishaps[path].shift()
      if (mishap === 'network') throw new TypeError('fetch failed')
      if (mishap === 'hang') return new Promise<never>(() => undefined)
      if (typeof mishap === 'function') return mishap()
      const answer = path === '/v1/challenges' ? challenge(JSON.parse(body)) : await attest(JSON.parse(body))
      if (mishap === 'lost') throw new TypeError('connection reset')
      return answer
    },
  }

  function challenge(request: ChallengeRequest): Response {
    const { epoch, probes, run, show } = service.settings
    const plan =
      service.settings.plan ??
      drawUpPlan({
        app: request.app,
        build: request.build,
        epoch,
        seed: createHash('sha256').update(`${epoch}`).digest(),
        coverage: 'image',
        segments: image.segments,
        ...(service.settings.text && { text: service.settings.text }),
        ...(request.abi === undefined ? {} : { abi: request.abi }),
        probes,
        live: { show, run },
      })
    const head = encodeChallengeHead({
      keyNumber: 1,
      purpose: request.key === undefined ? 2 : 1,
      flags: 0,
      issuedAt: time.trueSeconds(),
      epoch,
      random: random(16),
    })
    const text = encodeChallenge(head, random(20))
    const planText = (service.plan = encodeBase64url(plan))
    open.set(text, {
      plan: planText,
      key: request.key,
      until: time.trueSeconds() + 120,
    })
    return Response.json({
      attestation_challenge: text,
      plan: request.plan === digestOf(planText) ? undefined : planText,
      expires_in: 120,
      evidence: service.settings.evidence,
    })
  }

  async function attest(request: AttestationRequest): Promise<Response> {
    const bytes = decodeBase64url(request.client_data) as Uint8Array
    const data = JSON.parse(Buffer.from(bytes).toString()) as ClientData
    service.clientData.push(data)
    const issue = open.get(data.challenge)
    if (issue === undefined) return problem(400, 'challenge_invalid')()
    if (time.trueSeconds() > issue.until) return problem(400, 'challenge_expired')()
    const key = createPublicKey({ key: { ...data.key }, format: 'jwk' })
    const signature = decodeBase64url(request.signature) as Uint8Array
    const signed = clientDataSigningInput(bytes)
    if (!verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature)) {
      return problem(400, 'client_data_signature_invalid')()
    }
    const thumbprint = createHash('sha256').update(thumbprintInput(data.key)).digest('base64url')
    if ((issue.key ?? thumbprint) !== thumbprint || digestOf(issue.plan) !== data.plan_digest)
      return problem(400, 'challenge_invalid')()
    const earlier = answered.get(data.challenge)
    if (earlier !== undefined && earlier.body !== request.client_data) return problem(409, 'challenge_used')()
    if (earlier === undefined && !(await measuresUp(data, issue.plan))) {
      return problem(403, 'attestation_denied', { trace: 'tttttttttttttttttttttt' })()
    }
    const tokens =
      earlier?.tokens ?? data.audiences.filter((one) => !service.settings.withheld.has(one)).map(issueToken)
    answered.set(data.challenge, { body: request.client_data, tokens })
    if (tokens.length === 0) return problem(403, 'attestation_denied', { trace: 'tttttttttttttttttttttt' })()
    return Response.json({
      tokens: tokens.map(({ audience, token, exp }) => ({
        audience,
        token,
        token_type: service.settings.tokenTypes.get(audience),
        expires_in: exp - time.trueSeconds(),
      })),
      remedies: service.settings.remedies,
      refresh_after: service.settings.refreshAfter,
      server_time: service.settings.serverTime ?? time.trueSeconds(),
      trace: 'rrrrrrrrrrrrrrrrrrrrrr',
    })
  }

  function issueToken(audience: string) {
    const token = `token-${service.issued.length + 1}`
    service.issued.push(token)
    return { audience, token, exp: time.trueSeconds() + service.settings.expiresIn }
  }

  async function measuresUp(data: ClientData, planText: string): Promise<boolean> {
    const planBytes = decodeBase64url(planText) as Uint8Array
    const plan = parsePlan(planBytes)
    const seed = decodeBase64url(plan.seed) as Uint8Array
    const digest = await digestImage(image, plan.coverage, seed, nodeCrypto)
    const challengeBytes = decodeBase64url(data.challenge) as Uint8Array
    const input = {
      plan,
      planBytes,
      challenge: challengeBytes,
      digest,
      image,
      crypto: nodeCrypto,
      probes: data.probes,
      live: { shown, exercises },
    }
    const { matches } = await checkResponse(input, decodeBase64url(data.measurement.response) as Uint8Array)
    return matches
  }

  return service
}
