/** Why a request is refused: it, its token or its proof is at fault. */
export const guardRefusalCodes = [
  // The request
  'REQUEST_FIELDS_TOO_LARGE',
  'REQUEST_TARGET_UNUSABLE',
  'REQUEST_ORIGIN_UNKNOWN',
  'AUTHORIZATION_REPEATED',
  'AUTHORIZATION_MALFORMED',
  // The token: form and signature
  'TOKEN_MISSING',
  'TOKEN_REPEATED',
  'TOKEN_MALFORMED',
  'TOKEN_TYPE',
  'TOKEN_ALGORITHM',
  'TOKEN_CRITICAL',
  'TOKEN_KEY_ID',
  'TOKEN_KEY_UNKNOWN',
  'TOKEN_SIGNATURE',
  // The token: claims
  'TOKEN_ISSUER',
  'TOKEN_AUDIENCE',
  'TOKEN_CLAIMS',
  'TOKEN_CONFIRMATION_KEY',
  'TOKEN_LIFETIME',
  'TOKEN_NOT_YET_VALID',
  'TOKEN_EXPIRED',
  'TOKEN_MODE',
  'TOKEN_DENIED',
  'TOKEN_BUILD_RETIRED',
  'TOKEN_BANNED',
  // What the token admits to
  'APP_NOT_ADMITTED',
  'TIER_NOT_ADMITTED',
  // The proof
  'PROOF_MISSING',
  'PROOF_REPEATED',
  'PROOF_METHOD_NOT_ADMITTED',
  'PROOF_MALFORMED',
  'PROOF_TYPE',
  'PROOF_ALGORITHM',
  'PROOF_CRITICAL',
  'PROOF_KEY',
  'PROOF_KEY_MISMATCH',
  'PROOF_SIGNATURE',
  'PROOF_CLAIMS',
  'PROOF_HTM',
  'PROOF_HTU',
  'PROOF_AUDIENCE',
  'PROOF_TOO_OLD',
  'PROOF_FROM_FUTURE',
  'PROOF_ATH_MISSING',
  'PROOF_ATH',
  'PROOF_JTI',
  'PROOF_REPLAYED',
  'PROOF_SHARE_SPENT',
  'NONCE_MISSING',
  'NONCE_INVALID',
] as const
export type GuardRefusalCode = (typeof guardRefusalCodes)[number]

/** Why a request could not be judged: the fault is on this side, and the request may be sent again. */
export const guardMalfunctionCodes = [
  'CLOCK_FAILED',
  'CRYPTO_FAILED',
  'KEY_SOURCE_FAILED',
  'REPLAY_STORE_FAILED',
  'REPLAY_STORE_FULL',
  'NONCE_SOURCE_FAILED',
  'DENY_LIST_FAILED',
  'STATUS_LIST_FAILED',
  'GUARD_FAILED',
] as const
export type GuardMalfunctionCode = (typeof guardMalfunctionCodes)[number]

/** Every code that a decision of the guard can carry. For the operator: callers of the API see {@link GuardProblemCode}. */
export const guardErrorCodes = [...guardRefusalCodes, ...guardMalfunctionCodes] as const
export type GuardErrorCode = (typeof guardErrorCodes)[number]

/** What goes over the wire: the codes of the standards, and four of ours where they have none. */
export const guardProblemCodes = [
  'attestation_required',
  'invalid_client_attestation',
  'use_fresh_attestation',
  'use_attestation_challenge',
  'invalid_dpop_proof',
  'use_dpop_nonce',
  'invalid_token',
  'insufficient_attestation',
  'fields_too_large',
  'too_many_requests',
  'temporarily_unavailable',
] as const
export type GuardProblemCode = (typeof guardProblemCodes)[number]
