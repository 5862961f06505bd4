import {
  jwtTypes,
  type PublicJwk,
  splitCompactJws,
  thumbprintInput,
  type TokenAlgorithm,
  tokenAlgorithms,
} from '@assay/protocol'
import { answered, type Eventually } from '../faults/malfunction.ts'
import { GuardRefusal } from '../faults/refusal.ts'
import type { BoundedCache } from './bounded-cache.ts'
import type { GuardCrypto, VerificationKey } from './crypto.ts'
import { type IssuerKey, type KeySource, kidPattern } from './issuer-keys.ts'
import { isJwtType, readJsonSegment } from './jwt-form.ts'
import {
  type AttestedApp,
  expired,
  hasExpired,
  readTokenClaims,
  type TokenExpectations,
} from './token-claims.ts'

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
 *
 * @throws GuardRefusal (`TOKEN_*`)
 */
export function verifyToken(verifier: TokenVerifier, token: string, now: number): Eventually<VerifiedToken> {
  const known = verifier.cache.get(token)
  if (known === undefined) return verifyAfresh(verifier, token, now)
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
): Promise<VerifiedToken> {
  const current = await verifier.keys.find(known.issuerKey.kid, now)
  return current === known.issuerKey
    ? judgeAgain(verifier, token, known, now)
    : verifyAfresh(verifier, token, now)
}

function judgeAgain(
  { cache, expected }: TokenVerifier,
  token: string,
  known: VerifiedToken,
  now: number,
): VerifiedToken {
  if (!hasExpired(known.attested.expiresAt, expected, now)) return known
  cache.delete(token)
  throw expired(known.attested.expiresAt, now)
}

const noHeader = { type: undefined, text: '' }

async function verifyAfresh(verifier: TokenVerifier, token: string, now: number): Promise<VerifiedToken> {
  const { crypto } = verifier
  const parts = splitCompactJws(token)
  const payload = parts && readJsonSegment(crypto, parts.payload)
  if (parts === undefined || payload === undefined) throw new GuardRefusal('TOKEN_MALFORMED')
  const header = readHeader(verifier, parts.header)
  const issuerKey = await findKey(verifier, header, now)
  const { signingInput, signature } = parts
  const signed = await answered('CRYPTO_FAILED', () => issuerKey.key.verify(signingInput, signature))
  if (signed !== true) throw new GuardRefusal('TOKEN_SIGNATURE')
  verifier.acceptedHeader = { text: parts.header, header }
  const claims = readTokenClaims(payload, verifier.expected, now)
  const key = await answered('CRYPTO_FAILED', () => crypto.importKey(claims.jwk))
  if (key === undefined) throw new GuardRefusal('TOKEN_CONFIRMATION_KEY')
  const jkt = await answered('CRYPTO_FAILED', () => crypto.sha256(thumbprintInput(claims.jwk)))
  const attested = Object.freeze({ jkt, ...claims.attested })
  const verified = { attested, jwk: claims.jwk, key, issuerKey, acceptedHeader: noHeader }
  verifier.cache.set(token, verified)
  return verified
}

/** The header of a token: it has the right type, and names one algorithm and one key. */
export interface TokenHeader {
  readonly alg: TokenAlgorithm
  readonly kid: string
}

/** RFC 8725 sections 3.1, 3.10, 3.11: type first. An issuer writes the same header for all tokens under one key. */
function readHeader({ crypto, acceptedHeader }: TokenVerifier, text: string): TokenHeader {
  if (acceptedHeader?.text === text) return acceptedHeader.header
  const header = readJsonSegment(crypto, text)
  if (header === undefined) throw new GuardRefusal('TOKEN_MALFORMED')
  const { typ, alg, kid } = header
  if (!isJwtType(typ, jwtTypes.attestation)) throw new GuardRefusal('TOKEN_TYPE')
  const algorithm = tokenAlgorithms.find((accepted) => accepted === alg)
  if (algorithm === undefined) throw new GuardRefusal('TOKEN_ALGORITHM')
  // No extension is understood here (RFC 7515 section 4.1.11).
  if (Object.hasOwn(header, 'crit')) throw new GuardRefusal('TOKEN_CRITICAL')
  if (typeof kid !== 'string' || !kidPattern.test(kid)) throw new GuardRefusal('TOKEN_KEY_ID')
  return { alg: algorithm, kid }
}

/** The key that the kid names, for its own algorithm and no other. */
async function findKey({ keys }: TokenVerifier, { alg, kid }: TokenHeader, now: number): Promise<IssuerKey> {
  const key = keys.current(kid, now) ?? (await keys.find(kid, now))
  if (key === undefined) throw new GuardRefusal('TOKEN_KEY_UNKNOWN')
  if (key.algorithm !== alg) throw new GuardRefusal('TOKEN_ALGORITHM')
  return key
}
