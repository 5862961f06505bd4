import {
  type CompactJwsParts,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jwtTypes,
  type PublicJwk,
  readPublicJwk,
  splitCompactJws,
} from '@assay/protocol'
import { byThisClock, expectedAndGot } from '../faults/detail.ts'
import { answered, isPromiseLike } from '../faults/malfunction.ts'
import { GuardRefusal } from '../faults/refusal.ts'
import type { PresentedProof, UsedProofMethod } from './presented.ts'
import { namesTarget } from './target-uri.ts'
import type { GuardCrypto } from '../token/crypto.ts'
import { isJwtType, isTime, readJsonSegment } from '../token/jwt-form.ts'
import { thumbprintOf, type TokenHolder, type VerifiedToken } from '../token/verify-token.ts'

/** A parsed proof. Nothing in it is trusted yet. */
export interface OpenedProof {
  readonly profile: ProofProfile
  readonly parts: CompactJwsParts
  readonly payload: JsonObject
}

/** The request as the proof must describe it. */
export interface ProvenRequest {
  readonly method: string
  readonly base: string
  readonly path: string
  readonly accessToken: string | undefined
}

export interface ProofExpectations {
  readonly audience: string
  /** Seconds. */
  readonly maxAge: number
  /** Seconds. */
  readonly clockTolerance: number
}

export interface VerifiedProof {
  /** Thumbprint of the key that signed it. */
  readonly jkt: string
  readonly jti: string
  /** Unix seconds from which it passes. */
  readonly usableFrom: number
  /** Unix seconds up to which the proof would pass again if it were not remembered. */
  readonly usableUntil: number
}

/** @throws GuardRefusal (`PROOF_MALFORMED`) */
export function openProof(crypto: GuardCrypto, { method, text }: PresentedProof): OpenedProof {
  const parts = splitCompactJws(text)
  const payload = parts && readJsonSegment(crypto, parts.payload)
  if (parts === undefined || payload === undefined) throw new GuardRefusal('PROOF_MALFORMED')
  return { profile: proofProfiles[method], parts, payload }
}

/**
 * Header, signature under the token's key, then claims (RFC 9449 section 4.3; section 9 of the draft for its own PoP
 * JWT). Single use is left to the caller, because it comes after everything else.
 *
 * @throws GuardRefusal (`PROOF_*`)
 */
export async function verifyProof(
  crypto: GuardCrypto,
  proof: OpenedProof,
  token: VerifiedToken,
  request: ProvenRequest | undefined,
  expected: ProofExpectations,
  now: number,
): Promise<VerifiedProof> {
  const { profile, parts, payload } = proof
  const holder = token.holder ?? (await confirmHolder(crypto, proof, token))
  checkHeader(crypto, proof, token, holder)
  const checked = answered('CRYPTO_FAILED', () => holder.key.verify(parts.signingInput, parts.signature))
  const signed = isPromiseLike(checked) ? await checked : checked
  if (signed !== true) throw new GuardRefusal('PROOF_SIGNATURE')
  const madeAt = checkTime(payload, expected, now)
  checkCover(profile, payload, request, expected.audience)
  const accessToken = request?.accessToken
  if (accessToken !== undefined) {
    const hashed = token.hash ?? answered('CRYPTO_FAILED', () => crypto.sha256(accessToken))
    if (payload['ath'] !== (isPromiseLike(hashed) ? await hashed : hashed))
      throw new GuardRefusal('PROOF_ATH')
  }
  const { jti } = payload
  if (typeof jti !== 'string' || !jtiPattern.test(jti)) throw new GuardRefusal('PROOF_JTI')
  const { clockTolerance, maxAge } = expected
  return {
    jkt: holder.jkt,
    jti,
    usableFrom: madeAt - clockTolerance,
    usableUntil: madeAt + maxAge + clockTolerance,
  }
}

/** RFC 9449 section 11.1 requires bounds: the store remembers these. */
const jtiPattern = /^[\x21-\x7e]{8,128}$/

/** Header characters that passed for this key before pass again; otherwise they are parsed. */
function checkHeader(
  crypto: GuardCrypto,
  { profile, parts }: OpenedProof,
  token: VerifiedToken,
  { jwk }: TokenHolder,
): void {
  const accepted = token.acceptedHeader
  if (accepted.text === parts.header && accepted.type === profile.type) return
  const header = readJsonSegment(crypto, parts.header)
  if (header === undefined) throw new GuardRefusal('PROOF_MALFORMED')
  checkProofHeader(profile, header, jwk)
  token.acceptedHeader = { type: profile.type, text: parts.header }
}

/**
 * The key of a proof, if it is the one whose thumbprint the token names: no other key has that, so it is the token's from
 * then on.
 *
 * @throws GuardRefusal (`PROOF_*`)
 */
async function confirmHolder(
  crypto: GuardCrypto,
  { profile, parts }: OpenedProof,
  token: VerifiedToken,
): Promise<TokenHolder> {
  const header = readJsonSegment(crypto, parts.header)
  if (header === undefined) throw new GuardRefusal('PROOF_MALFORMED')
  checkProofType(profile, header)
  const read = readPublicJwk(header['jwk'])
  if (!read.ok) throw new GuardRefusal('PROOF_KEY')
  const { jwk } = read
  const jkt = await thumbprintOf(crypto, jwk)
  if (jkt !== token.attested.jkt) throw new GuardRefusal('PROOF_KEY_MISMATCH')
  const key = await answered('CRYPTO_FAILED', () => crypto.importKey(jwk))
  if (key === undefined) throw new GuardRefusal('PROOF_KEY')
  const holder = { jwk, jkt, key }
  token.holder = holder
  return holder
}

/** When the proof was made. Neither method requires `exp` and `nbf`; if present, they apply (RFC 7519 sections 4.1.4 and 4.1.5). */
function checkTime(
  { iat, exp, nbf }: JsonObject,
  { maxAge, clockTolerance }: ProofExpectations,
  now: number,
): number {
  if (!isTime(iat)) throw new GuardRefusal('PROOF_CLAIMS')
  if (iat > now + clockTolerance)
    throw new GuardRefusal('PROOF_FROM_FUTURE', { detail: byThisClock('made', now - iat) })
  if (now > iat + maxAge + clockTolerance)
    throw new GuardRefusal('PROOF_TOO_OLD', { detail: byThisClock('made', now - iat) })
  if (exp !== undefined) {
    if (!isTime(exp)) throw new GuardRefusal('PROOF_CLAIMS')
    if (now >= exp + clockTolerance) throw new GuardRefusal('PROOF_TOO_OLD')
  }
  if (nbf !== undefined) {
    if (!isTime(nbf)) throw new GuardRefusal('PROOF_CLAIMS')
    if (nbf > now + clockTolerance) throw new GuardRefusal('PROOF_FROM_FUTURE')
  }
  return iat
}

/** One value, as a string or as the only element of a list: libraries write either (RFC 7519 section 4.1.3). */
function isFor(aud: JsonObject[string] | undefined, audience: string): boolean {
  return aud === audience || (Array.isArray(aud) && aud.length === 1 && aud[0] === audience)
}

function checkCover(
  profile: ProofProfile,
  payload: JsonObject,
  request: ProvenRequest | undefined,
  audience: string,
): void {
  if (profile.covers === 'audience' || request === undefined) {
    if (!isFor(payload['aud'], audience)) throw new GuardRefusal('PROOF_AUDIENCE')
    return
  }
  const { htm, htu, ath } = payload
  if (typeof htm !== 'string' || typeof htu !== 'string') throw new GuardRefusal('PROOF_CLAIMS')
  // Methods are case-sensitive (RFC 9110 section 9.1).
  if (htm !== request.method)
    throw new GuardRefusal('PROOF_HTM', { detail: expectedAndGot('method', request.method, htm) })
  const { base, path } = request
  if (!namesTarget(htu, base, path))
    throw new GuardRefusal('PROOF_HTU', { detail: expectedAndGot('htu', base + path, htu) })
  // RFC 9449 requires `ath` for DPoP tokens; here it covers Bearer tokens too, so that the user's login and the
  // attested installation cannot be separated. A hash without a token means that the request has lost the token on the
  // way.
  if (request.accessToken === undefined && ath !== undefined) throw new GuardRefusal('PROOF_ATH')
  if (request.accessToken !== undefined && ath === undefined) throw new GuardRefusal('PROOF_ATH_MISSING')
}

/** The differences between the two proof methods. Nothing below this table checks the method. */
export interface ProofProfile {
  readonly method: UsedProofMethod
  readonly type: string
  /** The claim that carries the server's nonce. */
  readonly nonceClaim: 'nonce' | 'challenge'
  /** Whether the proof is for one request (method, URI, access token) or for the API as a whole. */
  readonly covers: 'request' | 'audience'
  /** What the header must state about the key; the token defines which key it is. */
  readonly checkKey: (header: JsonObject, confirmed: PublicJwk) => void
}

const dpop = {
  type: jwtTypes.dpop,
  nonceClaim: 'nonce',
  covers: 'request',
  checkKey(header: JsonObject, confirmed: PublicJwk) {
    const jwk = header['jwk']
    if (isWritten(jwk, confirmed)) return
    const read = readPublicJwk(jwk)
    if (!read.ok) throw new GuardRefusal('PROOF_KEY')
    if (read.jwk.x !== confirmed.x || read.jwk.y !== confirmed.y) throw new GuardRefusal('PROOF_KEY_MISMATCH')
  },
} as const

const proofProfiles: Readonly<Record<UsedProofMethod, ProofProfile>> = {
  dpop: { method: 'dpop', ...dpop },
  dpop_combined: { method: 'dpop_combined', ...dpop },
  attestation_pop_jwt: {
    method: 'attestation_pop_jwt',
    type: jwtTypes.attestationPop,
    nonceClaim: 'challenge',
    covers: 'audience',
    // Its header names no key: the token's is the only one that may verify it.
    checkKey: () => undefined,
  },
}

/** Whether `jwk` is the confirmed key, member for member: the latter has already been parsed. */
function isWritten(jwk: JsonValue | undefined, { kty, crv, x, y }: PublicJwk): boolean {
  if (!isJsonObject(jwk) || Object.keys(jwk).length !== 4) return false
  return jwk['kty'] === kty && jwk['crv'] === crv && jwk['x'] === x && jwk['y'] === y
}

/** Type, algorithm and key of a proof. The same header always means the same key, whatever the payload. */
function checkProofHeader(profile: ProofProfile, header: JsonObject, confirmed: PublicJwk): void {
  checkProofType(profile, header)
  profile.checkKey(header, confirmed)
}

function checkProofType(profile: ProofProfile, header: JsonObject): void {
  if (!isJwtType(header['typ'], profile.type)) throw new GuardRefusal('PROOF_TYPE')
  if (header['alg'] !== 'ES256') throw new GuardRefusal('PROOF_ALGORITHM')
  if (Object.hasOwn(header, 'crit')) throw new GuardRefusal('PROOF_CRITICAL')
}
