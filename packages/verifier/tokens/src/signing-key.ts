import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import {
  encodeBase64url,
  jwtTypes,
  tokenAlgorithms,
  utf8,
  type TokenAlgorithm,
  type VerificationJwk,
  invalidArgument,
} from '@assay/protocol'
import { algorithms } from './algorithms.ts'
import { checkUnixSeconds } from './unix-seconds.ts'
import { rotationSchedule } from './rotation-schedule.ts'

/** When a key does what, in Unix seconds. */
export interface KeyTimes {
  readonly createdAt: number
  /** When it starts to sign. It is published earlier. */
  readonly activateAt: number
  /** When it is no longer published; `null`: not planned. */
  readonly retireAt: number | null
}

/** A key that signs tokens. */
export interface SigningKey extends KeyTimes {
  /** Its JWK thumbprint (RFC 7638). */
  readonly kid: string
  readonly alg: TokenAlgorithm
  readonly privateKey: KeyObject
  readonly jwk: VerificationJwk
  /** The JWS header of every attestation token that it signs, encoded, with the dot after it. */
  readonly encodedHeader: string
  /** The same of every access token. */
  readonly encodedAccessHeader: string
}

/** A private key as stored at rest. */
export interface StoredKey extends KeyTimes {
  readonly kid: string
  readonly alg: TokenAlgorithm
  /** PKCS #8 in DER. */
  readonly pkcs8: Uint8Array
}

/**
 * A new key, published from `now` on.
 *
 * @param now Unix seconds
 * @param activateAt Unix seconds from which it signs; by default after a day, when every cache of the JWKS has it. The
 *   first key of a ring, or one that replaces a key withdrawn at once, must sign from `now` on.
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for an algorithm that tokens do not have, or times out of order
 */
export function generateSigningKey(
  alg: TokenAlgorithm,
  now: number,
  activateAt: number = now + rotationSchedule.publishAhead,
): SigningKey {
  checkAlgorithm(alg)
  return signingKey(alg, algorithms[alg].generate(), { createdAt: now, activateAt, retireAt: null })
}

/** The private key as PKCS #8 in DER. It leaves the process only sealed. */
export function exportPrivate(key: SigningKey): Uint8Array {
  return key.privateKey.export({ format: 'der', type: 'pkcs8' })
}

/**
 * Restores a stored key.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) as {@link generateSigningKey}
 * @throws Error if the bytes are not the private key that `alg` and `kid` name: the store has a fault
 */
export function importPrivate({ kid, alg, pkcs8, createdAt, activateAt, retireAt }: StoredKey): SigningKey {
  checkAlgorithm(alg)
  const key = signingKey(alg, readPkcs8(pkcs8, alg), { createdAt, activateAt, retireAt })
  if (key.kid !== kid) throw new Error('a stored signing key is another one than its key id says')
  return key
}

/** The same key with another end. */
export function withRetirement(key: SigningKey, retireAt: number | null): SigningKey {
  const times = { createdAt: key.createdAt, activateAt: key.activateAt, retireAt }
  checkTimes(times)
  return Object.freeze({ ...key, ...times })
}

function readPkcs8(pkcs8: Uint8Array, alg: TokenAlgorithm): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
  } catch (cause) {
    throw new Error('a stored signing key cannot be read', { cause })
  }
  if (!algorithms[alg].fits(key)) throw new Error('a stored signing key is not of its algorithm')
  return key
}

function signingKey(alg: TokenAlgorithm, privateKey: KeyObject, times: KeyTimes): SigningKey {
  checkTimes(times)
  const algorithm = algorithms[alg]
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' })
  const kid = createHash('sha256').update(algorithm.thumbprintInput(jwk)).digest('base64url')
  const headerOf = (typ: string) => `${encodeBase64url(utf8(JSON.stringify({ alg, typ, kid })))}.`
  return Object.freeze({
    kid,
    alg,
    privateKey,
    jwk: Object.freeze(algorithm.verificationJwk(jwk, kid)),
    encodedHeader: headerOf(jwtTypes.attestation),
    encodedAccessHeader: headerOf(jwtTypes.access),
    ...times,
  })
}

function checkAlgorithm(alg: TokenAlgorithm): void {
  if (!tokenAlgorithms.includes(alg)) throw invalidArgument('tokens are signed with ES256 or Ed25519')
}

function checkTimes({ createdAt, activateAt, retireAt }: KeyTimes): void {
  checkUnixSeconds(createdAt)
  checkUnixSeconds(activateAt)
  if (retireAt !== null) checkUnixSeconds(retireAt)
  if (activateAt < createdAt) throw invalidArgument('a key cannot sign before it is made')
}
