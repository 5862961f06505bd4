import {
  concat,
  decodeBase64urlOfLength,
  encodeBase64url,
  equalBytes,
  label,
  lengthPrefixed,
  uint32,
  type JsonValue,
} from '@assay/protocol'
import { checkAudience } from '../faults/check-url.ts'
import { answeredWithin, type Eventually, GuardMalfunction } from '../faults/malfunction.ts'
import { functionOf, knownMembers, misuse, numberWithin } from '../faults/misuse.ts'
import { GuardRefusal } from '../faults/refusal.ts'
import { checkCrypto, type GuardCrypto } from '../token/crypto.ts'

/** Server nonces, without which a proof could have been made long in advance (RFC 9449 section 8). */
export interface NonceSource {
  /**
   * Whether a nonce is valid only at the node that issued it. That makes single use exact without a shared store, but
   * every request of a client must then reach one node: the others refuse it.
   */
  readonly perNode: boolean
  /** A new nonce. `now` is in Unix seconds. Characters as RFC 9449 section 8.1 allows, at most 256. */
  issue(now: number): Eventually<string>
  /** `fresh`, `ageing` (valid, but the response should carry the next one), or `refused`. */
  check(nonce: string, now: number): Eventually<NonceState>
}
export const nonceStates = ['fresh', 'ageing', 'refused'] as const
export type NonceState = (typeof nonceStates)[number]

export interface NonceSettings {
  /**
   * At least 32 random bytes, kept secret: nodes with one key accept each other's nonces, and need a shared replay store, or
   * a proof is valid once at each. Without it each process makes its own, and its nonces are valid only there.
   */
  key?: Uint8Array
  /** The API for which the nonces are valid: a nonce of another API is refused even with the same key. */
  audience: string
  /** Seconds. 10 to 3,600; default 300. */
  lifetime?: number
  /** `length` bytes from a cryptographically strong source. */
  random: (length: number) => Uint8Array
  /** Default: Web Crypto. */
  crypto?: GuardCrypto
}

/** Every member that settings may have. */
export const nonceMembers: Readonly<Record<keyof NonceSettings, true>> = {
  key: true,
  audience: true,
  lifetime: true,
  random: true,
  crypto: true,
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) */
export function createNonces(settings: NonceSettings): NonceSource {
  knownMembers('createNonces', settings, nonceMembers)
  const { key } = settings
  const random = functionOf('random', settings.random)
  if (key !== undefined && !(key instanceof Uint8Array && key.length >= 32)) {
    throw misuse('key', 'at least 32 bytes')
  }
  return new MacNonces({
    key: key?.slice() ?? random(32),
    perNode: key === undefined,
    audience: checkAudience(settings.audience),
    lifetime: numberWithin('lifetime', settings.lifetime, { least: 10, most: 3600, otherwise: 300 }),
    random,
    crypto: checkCrypto(settings.crypto),
  })
}

const purpose = label('assay/guard-nonce/1')
const version = 1
const headLength = 17
const macLength = 16

/**
 * Authenticated and self-contained, so that none is stored: version 1, unix seconds 4, random 12, MAC 16 (bytes, in
 * this order; HMAC-SHA-256 cut to 16 bytes over purpose, audience and the bytes before it), as base64url.
 */
class MacNonces implements NonceSource {
  readonly perNode: boolean
  readonly #settings: Required<NonceSettings>
  readonly #context: Uint8Array

  constructor(settings: Required<NonceSettings> & { perNode: boolean }) {
    this.perNode = settings.perNode
    this.#settings = settings
    this.#context = concat(purpose, lengthPrefixed(settings.audience))
  }

  async issue(now: number): Promise<string> {
    const head = concat(new Uint8Array([version]), uint32(Math.floor(now)), this.#settings.random(12))
    return encodeBase64url(concat(head, await this.#mac(head)))
  }

  async check(nonce: string, now: number): Promise<NonceState> {
    const bytes = decodeBase64urlOfLength(nonce, headLength + macLength)
    if (bytes === undefined || bytes[0] !== version) return 'refused'
    const head = bytes.subarray(0, headLength)
    if (!equalBytes(bytes.subarray(headLength), await this.#mac(head))) return 'refused'
    const age = now - new DataView(bytes.buffer, bytes.byteOffset).getUint32(1)
    // Other nodes' clocks may be slightly ahead of ours.
    if (age > this.#settings.lifetime || age < -this.#settings.lifetime) return 'refused'
    return age > this.#settings.lifetime / 2 ? 'ageing' : 'fresh'
  }

  async #mac(head: Uint8Array): Promise<Uint8Array> {
    const { crypto, key } = this.#settings
    return (await crypto.hmacSha256(key, concat(this.#context, head))).subarray(0, macLength)
  }
}

const longestNonce = 256

/**
 * Checks the nonce of a proof, and returns the next one if it is due. `timeout` is in milliseconds.
 *
 * @throws GuardRefusal (`NONCE_MISSING`, `NONCE_INVALID`) with the nonce to use
 * @throws GuardMalfunction (`NONCE_SOURCE_FAILED`)
 */
export async function checkNonce(
  nonces: NonceSource,
  timeout: number,
  nonce: JsonValue | undefined,
  now: number,
): Promise<string | undefined> {
  const issue = () => issueNonce(nonces, timeout, now)
  if (nonce === undefined) throw new GuardRefusal('NONCE_MISSING', { nonce: await issue() })
  if (typeof nonce !== 'string' || nonce.length > longestNonce)
    throw new GuardRefusal('NONCE_INVALID', { nonce: await issue() })
  const state = await answeredWithin('NONCE_SOURCE_FAILED', timeout, () => nonces.check(nonce, now))
  if (!nonceStates.includes(state)) throw new GuardMalfunction('NONCE_SOURCE_FAILED')
  switch (state) {
    case 'fresh':
      return undefined
    case 'ageing':
      return issue()
    case 'refused':
      throw new GuardRefusal('NONCE_INVALID', { nonce: await issue() })
  }
}

/** RFC 9449 section 8.1: the characters allowed in a field. */
const noncePattern = /^[\x21\x23-\x5b\x5d-\x7e]+$/

async function issueNonce(nonces: NonceSource, timeout: number, now: number): Promise<string> {
  const nonce: unknown = await answeredWithin('NONCE_SOURCE_FAILED', timeout, () => nonces.issue(now))
  if (typeof nonce !== 'string' || nonce.length > longestNonce || !noncePattern.test(nonce)) {
    throw new GuardMalfunction('NONCE_SOURCE_FAILED')
  }
  return nonce
}
