/** The codes on the wire: those of the standards, and four of ours for cases without one. */
export type GuardProblemCode =
  | 'attestation_required'
  | 'invalid_client_attestation'
  | 'use_fresh_attestation'
  | 'use_attestation_challenge'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  | 'invalid_token'
  | 'insufficient_attestation'
  | 'fields_too_large'
  | 'too_many_requests'
  | 'temporarily_unavailable'

/** Those of a refusal. */
export type RefusalProblem = Exclude<GuardProblemCode, 'temporarily_unavailable'>

/** What the caller learns from a refusal. `proof` and `nonce` have a code for each proof method. */
export type Signal = RefusalProblem | 'proof' | 'nonce'

const signals = {
  REQUEST_FIELDS_TOO_LARGE: 'fields_too_large',
  REQUEST_TARGET_UNUSABLE: 'proof',
  REQUEST_ORIGIN_UNKNOWN: 'proof',
  AUTHORIZATION_REPEATED: 'invalid_token',
  AUTHORIZATION_MALFORMED: 'invalid_token',
  TOKEN_MISSING: 'attestation_required',
  TOKEN_REPEATED: 'invalid_client_attestation',
  TOKEN_KIND: 'invalid_token',
  TOKEN_SCHEME: 'invalid_token',
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
} satisfies Record<string, Signal>

/** Why a request is refused: the request, its token or its proof is at fault. */
export type GuardRefusalCode = keyof typeof signals

export function signalOf(code: GuardRefusalCode): Signal {
  return signals[code]
}

interface RefusalDetails {
  /** For the codes `NONCE_*`: the nonce to use. */
  readonly nonce?: string
  /** For the operator's log: what was expected and what came. */
  readonly detail?: string
  /** For `TOKEN_MISSING`: the code of the SDK with which the app sent the request nevertheless. */
  readonly clientStatus?: string | undefined
}

/**
 * Thrown inside the guard when a request is at fault, and turned into a decision in one place. No `Error`: nobody reads
 * its stack, and to record one costs more than most refusals.
 */
export class GuardRefusal {
  readonly code: GuardRefusalCode
  readonly details: RefusalDetails

  constructor(code: GuardRefusalCode, details: RefusalDetails = {}) {
    this.code = code
    this.details = details
  }
}
