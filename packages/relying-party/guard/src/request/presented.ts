import type { TokenMode } from '@assay/protocol'
import type { GuardRefusalCode } from '../faults/refusal.ts'
import type { Fields } from './fields.ts'

/** How a request proves possession of the installation key. The names are those of the draft's metadata. */
export const proofMethods = ['dpop_combined', 'attestation_pop_jwt'] as const
export type ProofMethod = (typeof proofMethods)[number]

/** What a request presents, checked only in form: exactly one of each relevant field. */
export interface Presented {
  readonly token: string
  readonly proof: { readonly method: ProofMethod; readonly text: string } | undefined
  /** From `Authorization`, if the proof must cover it. */
  readonly accessToken: string | undefined
}

export interface PresentationRules {
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
export function proofMethodOf({ attestationPop, dpop }: Fields): ProofMethod | undefined {
  if (attestationPop.length > 0) return 'attestation_pop_jwt'
  return dpop.length > 0 ? 'dpop_combined' : undefined
}

export function readPresented(
  fields: Fields,
  method: ProofMethod | undefined,
  rules: PresentationRules,
): Presented | GuardRefusalCode {
  const { attestation, attestationPop, dpop, authorization } = fields
  if (lengthOf(attestation) + lengthOf(attestationPop) + lengthOf(dpop) > rules.maxFieldLength) {
    return 'REQUEST_FIELDS_TOO_LARGE'
  }
  const [token] = attestation
  if (token === undefined) return 'TOKEN_MISSING'
  if (attestation.length > 1) return 'TOKEN_REPEATED'
  if (rules.mode === 'bearer') return { token, proof: undefined, accessToken: undefined }
  if (method === undefined) return 'PROOF_MISSING'
  if (!rules.proofs.includes(method)) return 'PROOF_METHOD_NOT_ADMITTED'
  const values = method === 'dpop_combined' ? dpop : attestationPop
  const [text] = values
  if (text === undefined || values.length > 1) return 'PROOF_REPEATED'
  if (method === 'attestation_pop_jwt') return { token, proof: { method, text }, accessToken: undefined }
  if (lengthOf(authorization) > maxAuthorizationLength) return 'REQUEST_FIELDS_TOO_LARGE'
  const access = readAccessToken(authorization)
  return typeof access === 'string' ? access : { token, proof: { method, text }, accessToken: access.token }
}

function lengthOf(values: readonly string[]): number {
  let length = 0
  for (const value of values) length += value.length
  return length
}

/** Schemes that carry an access token (RFC 6750, RFC 9449). */
const carriesToken = /^(?:dpop|bearer)(?:\s|$)/i
const withToken = /^(?:dpop|bearer) +([A-Za-z0-9\-._~+/]+=*)$/i

/**
 * The access token in `Authorization`: usually the user's, which concerns the guard only because the proof must cover
 * it. Other schemes carry none.
 */
export function readAccessToken(values: readonly string[]): { token: string | undefined } | GuardRefusalCode {
  const value = values[0]
  if (value === undefined) return { token: undefined }
  if (values.length > 1) return 'AUTHORIZATION_REPEATED'
  if (!carriesToken.test(value)) return { token: undefined }
  const token = withToken.exec(value)?.[1]
  return token === undefined ? 'AUTHORIZATION_MALFORMED' : { token }
}
