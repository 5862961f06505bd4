import { headerNames, mediaTypes, type TokenMode } from '@assay/protocol'
import type { AttestedApp, GuardProblem, Malfunction, ProofMethod, Refusal } from './decision.ts'
import type { GuardProblemCode, GuardRefusalCode } from './error-codes.ts'
import type { GuardMalfunction } from './malfunction.ts'

type RefusalProblem = Exclude<GuardProblemCode, 'temporarily_unavailable'>

/** What the caller learns from a refusal. `proof` and `nonce` have a code for each proof method. */
type Signal = RefusalProblem | 'proof' | 'nonce'

const signals: Record<GuardRefusalCode, Signal> = {
  REQUEST_FIELDS_TOO_LARGE: 'fields_too_large',
  REQUEST_TARGET_UNUSABLE: 'proof',
  REQUEST_ORIGIN_UNKNOWN: 'proof',
  AUTHORIZATION_REPEATED: 'invalid_token',
  AUTHORIZATION_MALFORMED: 'invalid_token',
  TOKEN_MISSING: 'attestation_required',
  TOKEN_REPEATED: 'invalid_client_attestation',
  TOKEN_MALFORMED: 'invalid_client_attestation',
  TOKEN_TYPE: 'invalid_client_attestation',
  TOKEN_ALGORITHM: 'invalid_client_attestation',
  TOKEN_CRITICAL: 'invalid_client_attestation',
  TOKEN_KEY_ID: 'invalid_client_attestation',
  TOKEN_KEY_UNKNOWN: 'invalid_client_attestation',
  TOKEN_SIGNATURE: 'invalid_client_attestation',
  TOKEN_ISSUER: 'invalid_client_attestation',
  TOKEN_AUDIENCE: 'invalid_client_attestation',
  TOKEN_CLAIMS: 'invalid_client_attestation',
  TOKEN_CONFIRMATION_KEY: 'invalid_client_attestation',
  TOKEN_LIFETIME: 'invalid_client_attestation',
  TOKEN_NOT_YET_VALID: 'invalid_client_attestation',
  TOKEN_EXPIRED: 'use_fresh_attestation',
  TOKEN_MODE: 'invalid_token',
  TOKEN_DEVELOPMENT: 'invalid_client_attestation',
  TOKEN_DENIED: 'invalid_token',
  TOKEN_BUILD_RETIRED: 'invalid_token',
  TOKEN_BANNED: 'invalid_token',
  APP_NOT_ADMITTED: 'insufficient_attestation',
  TIER_NOT_ADMITTED: 'insufficient_attestation',
  PROOF_MISSING: 'invalid_token',
  PROOF_REPEATED: 'proof',
  PROOF_METHOD_NOT_ADMITTED: 'invalid_client_attestation',
  PROOF_MALFORMED: 'proof',
  PROOF_TYPE: 'proof',
  PROOF_ALGORITHM: 'proof',
  PROOF_CRITICAL: 'proof',
  PROOF_KEY: 'proof',
  PROOF_KEY_MISMATCH: 'proof',
  PROOF_SIGNATURE: 'proof',
  PROOF_CLAIMS: 'proof',
  PROOF_HTM: 'proof',
  PROOF_HTU: 'proof',
  PROOF_AUDIENCE: 'proof',
  PROOF_TOO_OLD: 'proof',
  PROOF_FROM_FUTURE: 'proof',
  PROOF_ATH_MISSING: 'proof',
  PROOF_ATH: 'proof',
  PROOF_JTI: 'proof',
  PROOF_REPLAYED: 'proof',
  PROOF_SHARE_SPENT: 'too_many_requests',
  NONCE_MISSING: 'nonce',
  NONCE_INVALID: 'nonce',
}

const titles: Record<GuardProblemCode, string> = {
  attestation_required: 'The request needs a token from the attestation service',
  invalid_client_attestation: 'The token or its proof was not accepted',
  use_fresh_attestation: 'The token has expired',
  use_attestation_challenge: 'The proof needs the challenge of this response',
  invalid_dpop_proof: 'The proof was not accepted',
  use_dpop_nonce: 'The proof needs the nonce of this response',
  invalid_token: 'The token was not accepted in this form',
  insufficient_attestation: 'The token does not admit to this',
  fields_too_large: 'The fields of token and proof are larger than this API accepts',
  too_many_requests: 'This key has sent more requests than it may within a minute',
  temporarily_unavailable: 'The request cannot be judged at the moment',
}

/** Seconds after which a caller should try again when the fault is on this side. */
const retryAfter = '5'
/** Seconds after which a key that has spent its share may have some of it back. */
const shareReturnsAfter = '15'

export interface RefusalContext {
  mode: TokenMode
  method: ProofMethod
  attested: AttestedApp | null
  /** For a request without a token. */
  clientStatus?: string | undefined
  /** URL of the API's metadata (RFC 9728). */
  resourceMetadata?: string | undefined
  /** For the codes `NONCE_*`: the nonce to use. */
  nonce?: string
}

export function refuse(code: GuardRefusalCode, context: RefusalContext): Refusal {
  const problem = problemTold(code, context.method)
  const status = refusalStatus(problem)
  return Object.freeze({
    ok: false,
    kind: 'refused',
    code,
    status,
    headers: Object.freeze({
      'Content-Type': mediaTypes.problem,
      'Cache-Control': 'no-store',
      ...(status === 401 ? { 'WWW-Authenticate': authenticate(problem, context) } : {}),
      ...(status === 429 ? { 'Retry-After': shareReturnsAfter } : {}),
      ...(context.nonce === undefined ? {} : nonceFields(context.nonce)),
    }),
    body: document(problem, status),
    attested: context.attested,
    clientStatus: context.clientStatus ?? null,
  })
}

export function malfunction(fault: GuardMalfunction): Malfunction {
  return Object.freeze({
    ok: false,
    kind: 'malfunction',
    code: fault.code,
    status: 503,
    headers: Object.freeze({
      'Content-Type': mediaTypes.problem,
      'Cache-Control': 'no-store',
      'Retry-After': retryAfter,
    }),
    body: document('temporarily_unavailable', 503),
    cause: fault.cause,
  })
}

/** One value under both names, because clients of either proof method look for it. */
export function nonceFields(nonce: string): Readonly<Record<string, string>> {
  return Object.freeze({ [headerNames.dpopNonce]: nonce, [headerNames.attestationChallenge]: nonce })
}

/** The code of the answer to a refused request. */
export function problemTold(code: GuardRefusalCode, method: ProofMethod): RefusalProblem {
  const signal = signals[code]
  switch (signal) {
    case 'proof':
      return method === 'dpop_combined' ? 'invalid_dpop_proof' : 'invalid_client_attestation'
    case 'nonce':
      return method === 'dpop_combined' ? 'use_dpop_nonce' : 'use_attestation_challenge'
    default:
      return signal
  }
}

export function refusalStatus(problem: RefusalProblem): Refusal['status'] {
  switch (problem) {
    case 'insufficient_attestation':
      return 403
    case 'fields_too_large':
      return 431
    case 'too_many_requests':
      return 429
    default:
      return 401
  }
}

/**
 * RFC 9110 requires a challenge with each 401; RFC 6750 section 3.1: no error code if no token came at all; RFC 9728
 * section 5.1: the location of the metadata.
 */
function authenticate(problem: GuardProblemCode, { mode, resourceMetadata }: RefusalContext): string {
  const parameters = [
    ...(mode === 'bound' ? ['algs="ES256"'] : []),
    ...(problem === 'attestation_required' ? [] : [`error="${problem}"`]),
    ...(resourceMetadata === undefined ? [] : [`resource_metadata="${resourceMetadata}"`]),
  ]
  const scheme = mode === 'bound' ? 'DPoP' : 'Bearer'
  return parameters.length === 0 ? scheme : `${scheme} ${parameters.join(', ')}`
}

function document(code: GuardProblemCode, status: number): GuardProblem {
  return Object.freeze({ type: `urn:assay:problem:${code}`, title: titles[code], status, code })
}
