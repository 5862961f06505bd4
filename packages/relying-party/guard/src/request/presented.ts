import type { TokenKind, TokenMode } from '@assay/protocol'
import { GuardRefusal } from '../faults/refusal.ts'
import type { Fields } from './fields.ts'

/** How a request proves possession of the installation key. The names are those of the draft's metadata. */
export const proofMethods = ['dpop_combined', 'attestation_pop_jwt'] as const
export type ProofMethod = (typeof proofMethods)[number]

/** `dpop`: the proof of an access token (RFC 9449), of which the draft says nothing. */
export type UsedProofMethod = ProofMethod | 'dpop'

export interface PresentedProof {
  readonly method: UsedProofMethod
  readonly text: string
}

/** What a request presents, checked only in form: exactly one of each relevant field. */
export interface Presented {
  readonly token: string
  readonly proof: PresentedProof | undefined
  /** From `Authorization`, if the proof must cover it. */
  readonly accessToken: string | undefined
}

export interface PresentationRules {
  readonly kind: TokenKind
  readonly mode: TokenMode
  readonly proofs: readonly ProofMethod[]
  /** Maximum characters of token and proof together. */
  readonly maxFieldLength: number
}

/** Maximum characters of `Authorization` that are read: it is hashed for each request. */
const maxAuthorizationLength = 8192

/**
 * The method according to the fields present (section 7 of the draft): a PoP field means the PoP rules, and a DPoP
 * field next to it then belongs to something else; a DPoP field alone means combined mode.
 */
export function proofMethodOf(
  { attestationPop, dpop }: Fields,
  { kind }: PresentationRules,
): UsedProofMethod | undefined {
  if (kind === 'access') return dpop.length > 0 ? 'dpop' : undefined
  if (attestationPop.length > 0) return 'attestation_pop_jwt'
  return dpop.length > 0 ? 'dpop_combined' : undefined
}

/** @throws GuardRefusal */
export function readPresented(
  fields: Fields,
  method: UsedProofMethod | undefined,
  rules: PresentationRules,
): Presented {
  if (rules.kind === 'access') return readAccess(fields, rules)
  const { attestation, attestationPop, dpop, authorization } = fields
  if (lengthOf(attestation) + lengthOf(attestationPop) + lengthOf(dpop) > rules.maxFieldLength) {
    throw new GuardRefusal('REQUEST_FIELDS_TOO_LARGE')
  }
  const [token] = attestation
  if (token === undefined)
    throw new GuardRefusal('TOKEN_MISSING', { clientStatus: readStatus(fields.status) })
  if (attestation.length > 1) throw new GuardRefusal('TOKEN_REPEATED')
  if (rules.mode === 'bearer') return { token, proof: undefined, accessToken: undefined }
  if (method === undefined) throw new GuardRefusal('PROOF_MISSING')
  if (method === 'dpop' || !rules.proofs.includes(method)) throw new GuardRefusal('PROOF_METHOD_NOT_ADMITTED')
  const values = method === 'dpop_combined' ? dpop : attestationPop
  const [text] = values
  if (text === undefined || values.length > 1) throw new GuardRefusal('PROOF_REPEATED')
  if (method === 'attestation_pop_jwt') return { token, proof: { method, text }, accessToken: undefined }
  if (lengthOf(authorization) > maxAuthorizationLength) throw new GuardRefusal('REQUEST_FIELDS_TOO_LARGE')
  return { token, proof: { method, text }, accessToken: readAccessToken(authorization) }
}

/**
 * An access token is in `Authorization` and nowhere else: a cookie or a query is never read (RFC 6750 section 2.3 advises
 * against it). The scheme says whether it comes with a proof, so that a bound token is nothing without one.
 *
 * @throws GuardRefusal
 */
function readAccess(fields: Fields, { mode, maxFieldLength }: PresentationRules): Presented {
  const { attestation, attestationPop, dpop, authorization } = fields
  const lengthOfOther = lengthOf(attestation) + lengthOf(attestationPop)
  if (lengthOfOther + lengthOf(dpop) + lengthOf(authorization) > maxFieldLength)
    throw new GuardRefusal('REQUEST_FIELDS_TOO_LARGE')
  // An empty value is a value.
  if (attestation.length + attestationPop.length > 0) throw new GuardRefusal('TOKEN_KIND')
  const [value] = authorization
  const read = value === undefined ? undefined : tokenIn(value)
  if (read === undefined || authorization.length > 1) throw withoutToken(fields)
  const { scheme, token } = read
  if (scheme.toLowerCase() !== schemes[mode]) throw new GuardRefusal('TOKEN_SCHEME')
  if (mode === 'bearer') return { token, proof: undefined, accessToken: undefined }
  const [text] = dpop
  if (text === undefined) throw new GuardRefusal('PROOF_MISSING')
  if (dpop.length > 1) throw new GuardRefusal('PROOF_REPEATED')
  return { token, proof: { method: 'dpop', text }, accessToken: token }
}

/** Why `Authorization` has no access token. A known client does not come here, so its value is matched once. */
function withoutToken({ authorization, status }: Fields): GuardRefusal {
  const [value] = authorization
  if (value === undefined || !carriesToken.test(value))
    return new GuardRefusal('TOKEN_MISSING', { clientStatus: readStatus(status) })
  return new GuardRefusal(authorization.length > 1 ? 'AUTHORIZATION_REPEATED' : 'AUTHORIZATION_MALFORMED')
}

/** RFC 9449 section 7.1, RFC 6750 section 2.1; lower case. */
const schemes: Readonly<Record<TokenMode, string>> = { bound: 'dpop', bearer: 'bearer' }

/** Codes of the SDK, and nothing else that could get into a log. */
const statusPattern = /^[a-z_]{1,64}$/

function readStatus([status, ...more]: readonly string[]): string | undefined {
  return status !== undefined && more.length === 0 && statusPattern.test(status) ? status : undefined
}

function lengthOf(values: readonly string[]): number {
  let length = 0
  for (const value of values) length += value.length
  return length
}

/** Schemes that carry an access token (RFC 6750, RFC 9449). */
const carriesToken = /^(?:dpop|bearer)(?:[ \t]|$)/i
const withToken = /^(dpop|bearer) +([A-Za-z0-9\-._~+/]+=*)$/i

/** What one value of `Authorization` holds; `undefined` for another scheme, and for what is malformed or too long. */
function tokenIn(value: string): { scheme: string; token: string } | undefined {
  if (value.length > maxAuthorizationLength) return undefined
  const [, scheme, token] = withToken.exec(value) ?? []
  return scheme === undefined || token === undefined ? undefined : { scheme, token }
}

/** The token in one value of `Authorization`. */
export function userTokenIn(value: string): string | undefined {
  return tokenIn(value)?.token
}

/**
 * The access token in `Authorization`: usually the user's, which concerns the guard only because the proof must cover
 * it. Other schemes carry none.
 *
 * @throws GuardRefusal (`AUTHORIZATION_*`)
 */
export function readAccessToken(values: readonly string[]): string | undefined {
  const value = values[0]
  if (value === undefined) return undefined
  if (values.length > 1) throw new GuardRefusal('AUTHORIZATION_REPEATED')
  if (!carriesToken.test(value)) return undefined
  const token = userTokenIn(value)
  if (token === undefined) throw new GuardRefusal('AUTHORIZATION_MALFORMED')
  return token
}
