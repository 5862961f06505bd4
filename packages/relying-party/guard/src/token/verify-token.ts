import {
  jwtTypes,
  type PublicJwk,
  splitCompactJws,
  thumbprintInput,
  type TokenAlgorithm,
  tokenAlgorithms,
  type TokenKind,
  tokenKinds,
} from '@assay/protocol'
import { answered, type Eventually } from '../faults/malfunction.ts'
import { GuardRefusal } from '../faults/refusal.ts'
import type { BoundedCache } from './bounded-cache.ts'
import type { GuardCrypto, VerificationKey } from './crypto.ts'
import { type IssuerKey, type KeySource, kidPattern } from './issuer-keys.ts'
import { isJwtType, readJsonSegment } from './jwt-form.ts'
import {
  type AttestedApp,
  type Confirmed,
  checkTimes,
  readTokenClaims,
  type TokenExpectations,
} from './token-claims.ts'

/** A token whose signature and claims are valid. Only {@link verifyToken} creates one. */
export interface VerifiedToken {
  /** The exact token. */
  readonly text: string
  readonly attested: AttestedApp
  /**
   * The installation key. An access token names it only by its thumbprint, so the first proof with that very key gives it;
   * as bearer, it has none.
   */
  holder: TokenHolder | undefined
  /** Of an access token: what `ath` of its proofs must be. */
  readonly hash: string | undefined
  readonly issuerKey: IssuerKey
  /**
   * The header segment of the last proof that named this very key, and the type of JWT that it passed for. A client
   * always writes the same one, so the same characters need not be parsed twice.
   */
  acceptedHeader: { readonly type: string | undefined; readonly text: string }
}

/** The installation key, as it is stated and ready for use. */
export interface TokenHolder {
  readonly jwk: PublicJwk
  /** Its thumbprint (RFC 7638). */
  readonly jkt: string
  readonly key: VerificationKey
}

export interface TokenVerifier {
  readonly crypto: GuardCrypto
  readonly keys: KeySource
  readonly expected: TokenExpectations
  /** By {@link nameOf}. Holds only verified tokens, so that junk evicts nothing. */
  readonly cache: BoundedCache<VerifiedToken>
  /** The last header with a valid signature, by its exact text, so that it need not be parsed for each token. */
  acceptedHeader: { readonly text: string; readonly header: TokenHeader } | undefined
  /**
   * The last header in `Authorization` at an API of kind `attestation`, and whether it states a type that none of our tokens
   * has. An authorization server writes the same one for all users.
   */
  userHeader: { readonly text: string; readonly isOfOtherType: boolean }
}

/**
 * Verifies signature, then claims. A token that was verified before is judged again as far as time or the issuer's keys
 * matter, synchronously if no key must be fetched.
 *
 * @throws GuardRefusal (`TOKEN_*`)
 */
export function verifyToken(verifier: TokenVerifier, token: string, now: number): Eventually<VerifiedToken> {
  const known = verifier.cache.get(nameOf(token))
  if (known?.text !== token) return verifyAfresh(verifier, token, now)
  const current = verifier.keys.current(known.issuerKey.kid, now)
  return current === known.issuerKey
    ? judgeAgain(verifier, known, now)
    : verifyKnown(verifier, token, known, now)
}

/** Characters of a signature, of either algorithm. */
const signatureLength = 86

/**
 * What the cache calls a token: its signature. A map hashes its keys, and each request brings its token as a new text, of which
 * this is a seventh. Whatever else has the same signature is another token: the whole text decides.
 */
function nameOf(token: string): string {
  return token.slice(-signatureLength)
}

/** When the issuer withdraws a key, its tokens become invalid too. */
async function verifyKnown(
  verifier: TokenVerifier,
  token: string,
  known: VerifiedToken,
  now: number,
): Promise<VerifiedToken> {
  const current = await verifier.keys.find(known.issuerKey.kid, now)
  return current === known.issuerKey ? judgeAgain(verifier, known, now) : verifyAfresh(verifier, token, now)
}

/** Keeping a token changes no decision about it: what may have changed since is the key, which was looked up, and the clock. */
function judgeAgain({ expected }: TokenVerifier, known: VerifiedToken, now: number): VerifiedToken {
  checkTimes(known.attested.issuedAt, known.attested.expiresAt, expected.clockTolerance, now)
  return known
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
  const { holder, jkt } = await holderOf(crypto, claims.confirmed)
  const hash =
    verifier.expected.kind === 'access'
      ? await answered('CRYPTO_FAILED', () => crypto.sha256(token))
      : undefined
  const attested = Object.freeze({ jkt, ...claims.attested })
  const verified = { text: token, attested, holder, hash, issuerKey, acceptedHeader: noHeader }
  verifier.cache.set(nameOf(token), verified)
  return verified
}

/** @throws GuardRefusal (`TOKEN_CONFIRMATION_KEY`) */
async function holderOf(
  crypto: GuardCrypto,
  confirmed: Confirmed,
): Promise<{ holder: TokenHolder | undefined; jkt: string | null }> {
  if (confirmed === undefined) return { holder: undefined, jkt: null }
  if ('jkt' in confirmed) return { holder: undefined, jkt: confirmed.jkt }
  const { jwk } = confirmed
  const key = await answered('CRYPTO_FAILED', () => crypto.importKey(jwk))
  if (key === undefined) throw new GuardRefusal('TOKEN_CONFIRMATION_KEY')
  const jkt = await thumbprintOf(crypto, jwk)
  return { holder: { jwk, jkt, key }, jkt }
}

/** RFC 7638. */
export function thumbprintOf(crypto: GuardCrypto, jwk: PublicJwk): Eventually<string> {
  return answered('CRYPTO_FAILED', () => crypto.sha256(thumbprintInput(jwk)))
}

/** The header of a token: it has the right type, and names one algorithm and one key. */
export interface TokenHeader {
  readonly alg: TokenAlgorithm
  readonly kid: string
}

/** RFC 8725 sections 3.1, 3.10, 3.11: type first. An issuer writes the same header for all tokens under one key. */
function readHeader({ crypto, acceptedHeader, expected }: TokenVerifier, text: string): TokenHeader {
  if (acceptedHeader?.text === text) return acceptedHeader.header
  const header = readJsonSegment(crypto, text)
  if (header === undefined) throw new GuardRefusal('TOKEN_MALFORMED')
  const { typ, alg, kid } = header
  if (kindOf(typ) !== expected.kind)
    throw new GuardRefusal(kindOf(typ) === undefined ? 'TOKEN_TYPE' : 'TOKEN_KIND')
  const algorithm = tokenAlgorithms.find((accepted) => accepted === alg)
  if (algorithm === undefined) throw new GuardRefusal('TOKEN_ALGORITHM')
  // No extension is understood here (RFC 7515 section 4.1.11).
  if (Object.hasOwn(header, 'crit')) throw new GuardRefusal('TOKEN_CRITICAL')
  if (typeof kid !== 'string' || !kidPattern.test(kid)) throw new GuardRefusal('TOKEN_KEY_ID')
  return { alg: algorithm, kid }
}

function kindOf(typ: unknown): TokenKind | undefined {
  return tokenKinds.find((kind) => isJwtType(typ, jwtTypes[kind]))
}

/**
 * Whether a text says of itself that it is a token of this issuer, of either kind: its payload has our `iss`, and its header no
 * other type. Nothing is verified: a user's own access token names another issuer, and whoever forges one is only refused.
 *
 * A header that cannot be read states no type: a parser behind the guard may be less strict, so `iss` alone decides. A payload
 * that cannot be read names no issuer.
 */
export function isOfIssuer(verifier: TokenVerifier, text: string): boolean {
  const { crypto, expected } = verifier
  const end = text.indexOf('.')
  if (end === -1) return false
  if (verifier.userHeader.text.length !== end || !text.startsWith(verifier.userHeader.text))
    verifier.userHeader = readUserHeader(crypto, text.slice(0, end))
  if (verifier.userHeader.isOfOtherType) return false
  const [payload] = text.slice(end + 1).split('.', 1) as [string]
  return readJsonSegment(crypto, payload)?.['iss'] === expected.issuer
}

function readUserHeader(crypto: GuardCrypto, text: string): TokenVerifier['userHeader'] {
  const header = readJsonSegment(crypto, text)
  return { text, isOfOtherType: header !== undefined && kindOf(header['typ']) === undefined }
}

/** The key that the kid names, for its own algorithm and no other. */
async function findKey({ keys }: TokenVerifier, { alg, kid }: TokenHeader, now: number): Promise<IssuerKey> {
  const key = keys.current(kid, now) ?? (await keys.find(kid, now))
  if (key === undefined) throw new GuardRefusal('TOKEN_KEY_UNKNOWN')
  if (key.algorithm !== alg) throw new GuardRefusal('TOKEN_ALGORITHM')
  return key
}
