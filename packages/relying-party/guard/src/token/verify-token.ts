import {
  jwtTypes,
  type PublicJwk,
  splitCompactJws,
  thumbprintInput,
  type TokenAlgorithm,
  tokenAlgorithms,
} from '@assay/protocol'
import { answered, type Eventually } from '../faults/malfunction.ts'
import type { GuardRefusalCode } from '../faults/refusal.ts'
import type { BoundedCache } from './bounded-cache.ts'
import type { GuardCrypto, VerificationKey } from './crypto.ts'
import { type IssuerKey, type KeySource, kidPattern } from './issuer-keys.ts'
import { isJwtType, readJsonSegment } from './jwt-form.ts'
import { type AttestedApp, hasExpired, readTokenClaims, type TokenExpectations } from './token-claims.ts'

/** A token whose signature and claims are valid. Only {@link verifyToken} creates one. */
export interface VerifiedToken {
  readonly attested: AttestedApp
  /** The installation key, as the token states it and ready for use. */
  readonly jwk: PublicJwk
  readonly key: VerificationKey
  readonly issuerKey: IssuerKey
  /**
   * The header segment of the last proof that named this very key, and the type of JWT that it passed for. A client
   * always writes the same one, so the same characters need not be parsed twice.
   */
  acceptedHeader: { readonly type: string | undefined; readonly text: string }
}

export interface TokenVerifier {
  readonly crypto: GuardCrypto
  readonly keys: KeySource
  readonly expected: TokenExpectations
  /** Keyed by the exact text of the token. Holds only verified tokens, so that junk evicts nothing. */
  readonly cache: BoundedCache<VerifiedToken>
  /** The last header with a valid signature, by its exact text, so that it need not be parsed for each token. */
  acceptedHeader: { readonly text: string; readonly header: TokenHeader } | undefined
}

/**
 * Verifies signature, then claims. A token that was verified before is judged again as far as time or the issuer's keys
 * matter, synchronously if no key must be fetched.
 */
export function verifyToken(
  verifier: TokenVerifier,
  token: string,
  now: number,
): Eventually<VerifiedToken | GuardRefusalCode> {
  const known = verifier.cache.get(token)
  if (known === undefined) return verifyAndKeep(verifier, token, now)
  const current = verifier.keys.current(known.issuerKey.kid, now)
  return current === known.issuerKey
    ? judgeAgain(verifier, token, known, now)
    : verifyKnown(verifier, token, known, now)
}

/** When the issuer withdraws a key, its tokens become invalid too. */
async function verifyKnown(
  verifier: TokenVerifier,
  token: string,
  known: VerifiedToken,
  now: number,
): Promise<VerifiedToken | GuardRefusalCode> {
  const current = await verifier.keys.find(known.issuerKey.kid, now)
  return current === known.issuerKey
    ? judgeAgain(verifier, token, known, now)
    : verifyAndKeep(verifier, token, now)
}

async function verifyAndKeep(
  verifier: TokenVerifier,
  token: string,
  now: number,
): Promise<VerifiedToken | GuardRefusalCode> {
  const verified = await verifyAfresh(verifier, token, now)
  if (typeof verified !== 'string') verifier.cache.set(token, verified)
  return verified
}

function judgeAgain(
  { cache, expected }: TokenVerifier,
  token: string,
  known: VerifiedToken,
  now: number,
): VerifiedToken | GuardRefusalCode {
  if (!hasExpired(known.attested.expiresAt, expected, now)) return known
  cache.delete(token)
  return 'TOKEN_EXPIRED'
}

const noHeader = { type: undefined, text: '' }

async function verifyAfresh(
  verifier: TokenVerifier,
  token: string,
  now: number,
): Promise<VerifiedToken | GuardRefusalCode> {
  const { crypto } = verifier
  const parts = splitCompactJws(token)
  const payload = parts && readJsonSegment(crypto, parts.payload)
  if (parts === undefined || payload === undefined) return 'TOKEN_MALFORMED'
  const header = readHeader(verifier, parts.header)
  if (typeof header === 'string') return header
  const issuerKey = await findKey(verifier, header, now)
  if (typeof issuerKey === 'string') return issuerKey
  const { signingInput, signature } = parts
  const signed = await answered('CRYPTO_FAILED', () => issuerKey.key.verify(signingInput, signature))
  if (signed !== true) return 'TOKEN_SIGNATURE'
  verifier.acceptedHeader = { text: parts.header, header }
  const claims = readTokenClaims(payload, verifier.expected, now)
  if (typeof claims === 'string') return claims
  const key = await answered('CRYPTO_FAILED', () => crypto.importKey(claims.jwk))
  if (key === undefined) return 'TOKEN_CONFIRMATION_KEY'
  const jkt = await answered('CRYPTO_FAILED', () => crypto.sha256(thumbprintInput(claims.jwk)))
  const attested = Object.freeze({ jkt, ...claims.attested })
  return { attested, jwk: claims.jwk, key, issuerKey, acceptedHeader: noHeader }
}

/** The header of a token: it has the right type, and names one algorithm and one key. */
export interface TokenHeader {
  readonly alg: TokenAlgorithm
  readonly kid: string
}

/** RFC 8725 sections 3.1, 3.10, 3.11: type first. An issuer writes the same header for all tokens under one key. */
function readHeader({ crypto, acceptedHeader }: TokenVerifier, text: string): TokenHeader | GuardRefusalCode {
  if (acceptedHeader?.text === text) return acceptedHeader.header
  const header = readJsonSegment(crypto, text)
  if (header === undefined) return 'TOKEN_MALFORMED'
  const { typ, alg, kid } = header
  if (!isJwtType(typ, jwtTypes.attestation)) return 'TOKEN_TYPE'
  const algorithm = tokenAlgorithms.find((accepted) => accepted === alg)
  if (algorithm === undefined) return 'TOKEN_ALGORITHM'
  // No extension is understood here (RFC 7515 section 4.1.11).
  if (Object.hasOwn(header, 'crit')) return 'TOKEN_CRITICAL'
  if (typeof kid !== 'string' || !kidPattern.test(kid)) return 'TOKEN_KEY_ID'
  return { alg: algorithm, kid }
}

/** The key that the kid names, for its own algorithm and no other. */
async function findKey(
  { keys }: TokenVerifier,
  { alg, kid }: TokenHeader,
  now: number,
): Promise<IssuerKey | GuardRefusalCode> {
  const key = keys.current(kid, now) ?? (await keys.find(kid, now))
  if (key === undefined) return 'TOKEN_KEY_UNKNOWN'
  return key.algorithm === alg ? key : 'TOKEN_ALGORITHM'
}
