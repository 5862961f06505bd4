import { encodeBase64url } from '@assay/protocol/encodings'
import { decodeBase64urlOfLength } from '../encoding/base64url.ts'
import { concat, lengthPrefixed, uint32 } from '../encoding/bytes.ts'
import { labels } from '../encoding/labels.ts'
import { mostVariants } from './identifiers.ts'

/** What a challenge may be used for. One issued for one purpose is refused for the others. */
export const challengePurposes = { attestation: 1, oneKey: 2, proof: 3 } as const
export type ChallengePurpose = (typeof challengePurposes)[keyof typeof challengePurposes]

/** Bits of `flags`. The service sets them for its own use: to a client a challenge is an opaque text. */
export const challengeFlags = {
  refresh: 1,
  /** The client can send tokens of kind `access`. */
  accessTokens: 64,
  /** Client data names the plan by its digest, and the MAC covers that in place of the plan. */
  namedPlan: 128,
} as const
/** The number of the build's variant that the plan is for stands in the flags from this bit on, in five bits; 0: none. */
const variantShift = 1

/** Flags that name a variant by its number, 1 to {@link mostVariants}; 0: the image that was registered first. */
export function flagsOfVariant(number: number): number {
  return number << variantShift
}

/** The number of the variant that flags name; 0: the image that was registered first. */
export function variantInFlags(flags: number): number {
  return (flags >> variantShift) & mostVariants
}

/** Seconds for which a challenge is valid. */
export const challengeLifetime = 120

export const challengeVersion = 1
const headLength = 28
const macLength = 20

/** The 28 bytes before the MAC: version 1, key number 1, purpose 1, flags 1, unix seconds 4, epoch 4, random 16. */
export interface ChallengeHead {
  keyNumber: number
  purpose: ChallengePurpose
  /** Bits of {@link challengeFlags}, and {@link flagsOfVariant}. */
  flags: number
  /** Unix time of issue, in seconds. */
  issuedAt: number
  /** Number of the measurement epoch of its plan. */
  epoch: number
  /** 16 random bytes. */
  random: Uint8Array
}

/** A parsed challenge; its MAC is **not** checked yet. */
export interface DecodedChallenge {
  head: ChallengeHead
  headBytes: Uint8Array
  /** 20 bytes: HMAC-SHA-256, truncated. */
  mac: Uint8Array
}

export function encodeChallengeHead(head: ChallengeHead): Uint8Array<ArrayBuffer> {
  if (head.random.length !== 16) {
    throw Object.assign(new TypeError('a challenge needs 16 random bytes'), { code: 'ERR_INVALID_ARG_VALUE' })
  }
  return concat(
    new Uint8Array([challengeVersion, head.keyNumber, head.purpose, head.flags]),
    uint32(head.issuedAt),
    uint32(head.epoch),
    head.random,
  )
}

/** What the MAC covers besides the head; the challenge carries none of it. */
export interface ChallengeContext {
  app: string
  build: string
  /** JWK thumbprint of the installation key; empty if the purpose accepts a challenge without key. */
  key: string
  /** The exact bytes of the measurement plan; with {@link challengeFlags.namedPlan} their SHA-256. */
  plan: Uint8Array
  /** With {@link challengeFlags.namedPlan} the ABI that was asked for; empty: none. Otherwise the plan states it. */
  abi?: string
}

/** Input of HMAC-SHA-256, whose first 20 bytes are the MAC. The head says which of the two forms it is. */
export function challengeMacInput(headBytes: Uint8Array, context: ChallengeContext): Uint8Array<ArrayBuffer> {
  return concat(
    labels.challenge,
    headBytes,
    lengthPrefixed(context.app),
    lengthPrefixed(context.build),
    lengthPrefixed(context.key),
    // Like LP, but without copying kilobytes.
    uint32(context.plan.length),
    context.plan,
    ...(context.abi === undefined ? [] : [lengthPrefixed(context.abi)]),
  )
}

/** 48 bytes as 64 base64url characters. `mac` is the whole HMAC or its first 20 bytes. */
export function encodeChallenge(headBytes: Uint8Array, mac: Uint8Array): string {
  return encodeBase64url(concat(headBytes, mac.subarray(0, macLength)))
}

/** `undefined` unless `text` is 64 base64url characters of a known version and purpose. */
export function decodeChallenge(text: string): DecodedChallenge | undefined {
  const bytes = decodeBase64urlOfLength(text, headLength + macLength)
  if (bytes === undefined || bytes[0] !== challengeVersion) return undefined
  const purpose = Object.values(challengePurposes).find((known) => known === bytes[2])
  if (purpose === undefined) return undefined
  const view = new DataView(bytes.buffer)
  return {
    head: {
      keyNumber: bytes[1] as number,
      purpose,
      flags: bytes[3] as number,
      issuedAt: view.getUint32(4),
      epoch: view.getUint32(8),
      random: bytes.slice(12, headLength),
    },
    headBytes: bytes.slice(0, headLength),
    mac: bytes.slice(headLength),
  }
}
