import { sign, type KeyObject } from 'node:crypto'
import { carryOut, digestImage, parsePlan, planSeed, type CodeImage } from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import {
  clientDataSigningInput,
  decodeBase64url,
  encodeBase64url,
  utf8,
  type AttestationRequest,
  type ChallengeResponse,
  type ClientData,
  type EvidenceItem,
  type PublicJwk,
} from '@assay/protocol'
import { createSoftwareKey, namedPlan } from '@assay/testkit'

export interface DeviceKey {
  privateKey: KeyObject
  jwk: PublicJwk
  thumbprint: string
}

export function makeKey(): DeviceKey {
  const { privateKey, publicJwk: jwk, thumbprint } = createSoftwareKey()
  return { privateKey, jwk, thumbprint }
}

/** The code image of an installed app. */
export function imageOf(files: Readonly<Record<string, Uint8Array>>): CodeImage {
  return {
    segments: Object.entries(files).map(([name, { length }]) => ({ name, kind: 'script', length })),
    read: (name, offset, length) => (files[name] as Uint8Array).subarray(offset, offset + length),
  }
}

export interface TestDevice {
  key: DeviceKey
  app: string
  build: string
  audiences: string[]
  /** Those that it says it can send; default: it does not say. */
  tokenKinds?: string[]
  /** The plan that it holds, base64url; empty: none. Default: it is an SDK that sends plans back. */
  held?: string
  abi?: string
  image: CodeImage
}

/** Body of `POST /v1/challenges`. */
export function challengeBody({ app, build, audiences, key, tokenKinds, held, abi }: TestDevice) {
  const kinds = tokenKinds === undefined ? {} : { token_kinds: tokenKinds }
  const plan = held && (namedPlan(held).plan_digest as string)
  const known = held === undefined ? {} : { plan }
  return {
    app,
    build,
    sdk: 'test/1.0',
    key: key.thumbprint,
    audiences,
    ...kinds,
    ...known,
    ...(abi && { abi }),
  }
}

/** Carries out the plan and writes client data, as an SDK does. */
export async function measure(
  device: TestDevice,
  { attestation_challenge: challenge, plan: planText = device.held }: ChallengeResponse,
  probes: ClientData['probes'] = {},
): Promise<ClientData> {
  const planBytes = decodeBase64url(planText ?? '') as Uint8Array
  const plan = parsePlan(planBytes)
  const { image } = device
  const digest = await digestImage(image, plan.coverage, planSeed(plan), nodeCrypto)
  const carried = await carryOut({
    plan,
    planBytes,
    challenge: decodeBase64url(challenge) as Uint8Array,
    digest,
    image,
    crypto: nodeCrypto,
    probes,
  })
  return {
    v: 1,
    challenge,
    ...(device.held === undefined
      ? { plan: planText }
      : { ...namedPlan(planText), ...(device.abi && { abi: device.abi }) }),
    key: device.key.jwk,
    app: device.app,
    build: device.build,
    sdk: 'test/1.0',
    audiences: device.audiences,
    measurement: {
      response: encodeBase64url(carried.response),
      tags: Object.fromEntries(carried.tags.map(({ name, tag }) => [name, encodeBase64url(tag)])),
    },
    probes,
    evidence: [],
  }
}

/** Signs client data, given as an object or as text. */
export function signed(
  key: DeviceKey,
  clientData: object | string,
  evidence: EvidenceItem[] = [],
): AttestationRequest {
  const bytes = utf8(typeof clientData === 'string' ? clientData : JSON.stringify(clientData))
  const signature = sign('sha256', clientDataSigningInput(bytes), {
    key: key.privateKey,
    dsaEncoding: 'ieee-p1363',
  })
  return { client_data: encodeBase64url(bytes), signature: encodeBase64url(signature), evidence }
}
