import { createHash } from 'node:crypto'
import {
  carryOutSync,
  digestImage,
  parsePlan,
  planSeed,
  type CodeImage,
  type ImageDigest,
} from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import {
  bindingInput,
  decodeBase64url,
  encodeBase64url,
  paths,
  utf8,
  type AttestationResponse,
  type ChallengeResponse,
  type ClientData,
} from '@assay/protocol'
import { createSoftwareKey, signAttestation, type Iphone, type SoftwareKey } from '@assay/testkit'
import type { Answer, Network } from './network.ts'

/** An app on a device. It does what the SDK does, but without retries, so that the row sees each answer. */
export interface Installation {
  readonly app: string
  readonly build: string
  readonly audiences: readonly string[]
  readonly image: CodeImage
  readonly key: SoftwareKey
  /** The SDK's name and version: another one makes different client data. */
  readonly sdk?: string
  /** The iPhone that vouches for it; undefined: it shows only its code. */
  readonly phone?: Iphone
}

/** A code image of an app, and its registered build. */
export type Release = Omit<Installation, 'key' | 'phone' | 'sdk'>

export function install(release: Release, phone?: Iphone): Installation {
  return { ...release, key: createSoftwareKey(), ...(phone === undefined ? {} : { phone }) }
}

/** Body of `POST /v1/challenges`. */
export function challengeBody({ app, build, audiences, key, phone }: Installation): string {
  const purpose = phone?.key === undefined ? 'enrolment' : 'refresh'
  return JSON.stringify({
    app,
    build,
    sdk: 'faults/1.0',
    audiences,
    key: key.thumbprint,
    ...(phone === undefined ? {} : { purpose }),
  })
}

export function askChallenge(network: Network, url: string, installation: Installation): Promise<Answer> {
  return network.send({ method: 'POST', url: url + paths.challenges, body: challengeBody(installation) })
}

/** Body of `POST /v1/attestations` for a challenge. */
export async function answerBody(
  installation: Installation,
  { attestation_challenge: challenge, plan = '', evidence: purpose }: ChallengeResponse,
): Promise<string> {
  const { app, build, audiences, key, phone, sdk = 'faults/1.0' } = installation
  const isRefresh = purpose === 'refresh' && phone?.key !== undefined
  const format = isRefresh ? 'apple-app-attest-assertion' : 'apple-app-attest'
  const clientData: ClientData = {
    v: 1,
    challenge,
    plan,
    key: key.publicJwk,
    app,
    build,
    sdk,
    audiences: [...audiences],
    measurement: await measure(installation, plan, challenge),
    probes: {},
    evidence: phone === undefined ? [] : [format],
  }
  const bytes = utf8(JSON.stringify(clientData))
  if (phone === undefined) return JSON.stringify(signAttestation(bytes, key))
  const binding = createHash('sha256').update(bindingInput(bytes)).digest('base64url')
  const item = isRefresh ? phone.assert(binding) : phone.attest(binding)
  return JSON.stringify(signAttestation(bytes, key, [item]))
}

export function sendAnswer(network: Network, url: string, body: string): Promise<Answer> {
  return network.send({ method: 'POST', url: url + paths.attestations, body })
}

/** Makes a whole exchange. @returns the answer to its last request */
export async function attest(network: Network, url: string, installation: Installation): Promise<Answer> {
  const asked = await askChallenge(network, url, installation)
  if (asked.status !== 200) return asked
  return sendAnswer(network, url, await answerBody(installation, asked.body as ChallengeResponse))
}

/** Reads the claims of the first token of an answer, without verifying them. */
export function claimsOf({ body }: Answer): {
  installation: string
  jti: string
  iat: number
  exp: number
  ear_status: string
} {
  const { tokens } = body as AttestationResponse
  const payload = decodeBase64url(tokens[0]?.token.split('.')[1] ?? '')
  return JSON.parse(Buffer.from(payload ?? []).toString()) as ReturnType<typeof claimsOf>
}

/** Key id of the first token of an answer. */
export function kidOf({ body }: Answer): string {
  const { tokens } = body as AttestationResponse
  const header = decodeBase64url(tokens[0]?.token.split('.')[0] ?? '')
  return (JSON.parse(Buffer.from(header ?? []).toString()) as { kid: string }).kid
}

const digests = new WeakMap<CodeImage, { seed: string; digest: ImageDigest }>()

/** Keeps the whole-code digest while plans have the same seed, as the SDK does. */
async function measure(
  { image }: Installation,
  planText: string,
  challenge: string,
): Promise<ClientData['measurement']> {
  const planBytes = bytesOf(planText)
  const plan = parsePlan(planBytes)
  let kept = digests.get(image)
  if (kept?.seed !== plan.seed) {
    kept = { seed: plan.seed, digest: await digestImage(image, plan.coverage, planSeed(plan), nodeCrypto) }
    digests.set(image, kept)
  }
  const { response, tags } = carryOutSync({
    plan,
    planBytes,
    challenge: bytesOf(challenge),
    digest: kept.digest,
    image,
    crypto: nodeCrypto,
    probes: {},
  })
  return {
    response: encodeBase64url(response),
    tags: Object.fromEntries(tags.map(({ name, tag }) => [name, encodeBase64url(tag)])),
  }
}

function bytesOf(text: string): Uint8Array {
  const bytes = decodeBase64url(text)
  if (bytes === undefined) throw new Error('the service does not write base64url')
  return bytes
}
