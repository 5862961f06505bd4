import type { HolderKey, Platform, Tier, TokenMode } from '@assay/protocol'
import type { GuardMalfunctionCode, GuardProblemCode, GuardRefusalCode } from './error-codes.ts'

/** How a request proves possession of the installation key. The names are those of the draft's metadata. */
export const proofMethods = ['dpop_combined', 'attestation_pop_jwt'] as const
export type ProofMethod = (typeof proofMethods)[number]

/** Whether the tier decides (`enforce`) or is only reported (`observe`). */
export const enforcements = ['enforce', 'observe'] as const
export type Enforcement = (typeof enforcements)[number]

/** The contents of a verified token. */
export interface AttestedApp {
  readonly app: string
  readonly build: string
  readonly platform: Platform
  /** `none` only together with `development`. */
  readonly tier: Tier
  /** Nothing was appraised: only a guard with `development: true` lets it through. */
  readonly development?: true
  /** A test device on the allow list: the policy refused it. Its tier counts, unless the guard has `allowListed: true`. */
  readonly allowed?: true
  /** How the installation key is kept. */
  readonly holderKey: HolderKey
  /** Pseudonym of the installation at this API. */
  readonly installation: string
  /** Thumbprint (RFC 7638) of the installation key. */
  readonly jkt: string
  /** The token's id, for introspection and the deny list. */
  readonly jti: string
  /** Unix seconds. */
  readonly issuedAt: number
  /** Unix seconds. */
  readonly expiresAt: number
}

/** The request may be served. Frozen. */
export interface Acceptance extends AttestedApp {
  readonly ok: true
  readonly mode: TokenMode
  /** `null` for bearer tokens. */
  readonly proof: ProofMethod | null
  readonly enforcement: Enforcement
  /** Under `observe`: the code with which `enforce` would have refused this request. Otherwise `null`. */
  readonly wouldRefuse: 'TIER_NOT_ADMITTED' | null
  /** Fields to add to the response: the next server nonce if one is due, usually none. */
  readonly headers: Readonly<Record<string, string>>
}

/** A problem document (RFC 9457). It contains nothing from the request. */
export interface GuardProblem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: GuardProblemCode
}

interface Denial {
  readonly ok: false
  /** Fields of the response, including its content type. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: GuardProblem
}

/** The request is at fault. Frozen. */
export interface Refusal extends Denial {
  readonly kind: 'refused'
  readonly code: GuardRefusalCode
  readonly status: 401 | 403 | 429 | 431
  /** The contents of the token, if it was verified before the fault was found. For the operator's log only. */
  readonly attested: AttestedApp | null
  /**
   * For a request without a token: the SDK's error code with which the app sent it nevertheless (`Assay-Status`), which
   * distinguishes an app that tried and failed from a caller without the SDK. Hearsay: anyone can send it. For the
   * operator's log only.
   */
  readonly clientStatus: string | null
}

/** The fault is on this side: the request is not let through, and nothing counts against the caller. Frozen. */
export interface Malfunction extends Denial {
  readonly kind: 'malfunction'
  readonly code: GuardMalfunctionCode
  readonly status: 503
  /** For the operator's log only. */
  readonly cause: unknown
}

export type Decision = Acceptance | Refusal | Malfunction
