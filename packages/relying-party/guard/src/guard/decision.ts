import { headerNames, mediaTypes, type TokenKind, type TokenMode } from '@assay/protocol'
import type { GuardMalfunction, GuardMalfunctionCode } from '../faults/malfunction.ts'
import {
  type GuardProblemCode,
  type GuardRefusalCode,
  type RefusalProblem,
  signalOf,
} from '../faults/refusal.ts'
import { StatusListError } from '../remote/status-list-error.ts'
import type { UsedProofMethod } from '../request/presented.ts'
import type { AttestedApp } from '../token/token-claims.ts'

/**
 * Every code that a decision of the guard can carry. For the operator: callers of the API see {@link
 * GuardProblemCode}.
 */
export type GuardErrorCode = GuardRefusalCode | GuardMalfunctionCode

/** Whether the tier decides (`enforce`) or is only reported (`observe`). */
export const enforcements = ['enforce', 'observe'] as const
export type Enforcement = (typeof enforcements)[number]

/** The request may be served. Frozen. */
export interface AdmittedRequest extends AttestedApp {
  readonly ok: true
  readonly mode: TokenMode
  /** `null` for bearer tokens, `dpop` for access tokens. */
  readonly proof: UsedProofMethod | null
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

interface NotAdmitted {
  readonly ok: false
  /** Fields of the response, including its content type. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: GuardProblem
}

/** The request is at fault. Frozen. */
export interface Refusal extends NotAdmitted {
  readonly kind: 'refused'
  readonly code: GuardRefusalCode
  readonly status: 401 | 403 | 429 | 431
  /** The contents of the token, if it was verified before the fault was found. For the operator's log only. */
  readonly attested: AttestedApp | null
  /**
   * For a request without a token: the SDK's error code with which the app sent it nevertheless (`Assay-Status`), which
   * distinguishes an app that tried and failed from a caller without the SDK. Unsigned: anyone can send it. For the
   * operator's log only.
   */
  readonly clientStatus: string | null
  /**
   * Where two values disagree (audience, issuer, `htu`, method, app, tier, clocks): what was expected and what came, at
   * most 200 visible characters, without queries of URLs. For the operator's log only.
   */
  readonly detail: string | null
}

/** The fault is on this side: the request is not let through, and nothing counts against the caller. Frozen. */
export interface Malfunction extends NotAdmitted {
  readonly kind: 'malfunction'
  readonly code: GuardMalfunctionCode
  readonly status: 503
  /** For the operator's log only. */
  readonly cause: unknown
  /**
   * Why a status list was not taken, or `null`: other causes may quote a request or a secret. For the operator's log only.
   */
  readonly detail: string | null
}

export type Decision = AdmittedRequest | Refusal | Malfunction

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
  kind: TokenKind
  mode: TokenMode
  method: UsedProofMethod
  attested: AttestedApp | null
  /** For a request without a token. */
  clientStatus?: string | undefined
  detail?: string
  /** URL of the API's metadata (RFC 9728). */
  resourceMetadata?: string | undefined
  /** For the codes `NONCE_*`: the nonce to use. */
  nonce?: string
}

export function refuse(code: GuardRefusalCode, context: RefusalContext): Refusal {
  const problem = publicProblem(code, context.method, context.kind)
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
    detail: context.detail ?? null,
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
    detail: fault.cause instanceof StatusListError ? fault.cause.message : null,
  })
}

/** One value under both names, because clients of either proof method look for it. */
export function nonceFields(nonce: string): Readonly<Record<string, string>> {
  return Object.freeze({ [headerNames.dpopNonce]: nonce, [headerNames.attestationChallenge]: nonce })
}

/** The code of the answer to a refused request. */
export function publicProblem(
  code: GuardRefusalCode,
  method: UsedProofMethod,
  kind: TokenKind,
): RefusalProblem {
  const signal = signalOf(code)
  switch (signal) {
    case 'proof':
      return method === 'attestation_pop_jwt' ? 'invalid_client_attestation' : 'invalid_dpop_proof'
    case 'nonce':
      return method === 'attestation_pop_jwt' ? 'use_attestation_challenge' : 'use_dpop_nonce'
    // An access token has one code for all its faults (RFC 6750 section 3.1).
    case 'invalid_client_attestation':
    case 'use_fresh_attestation':
      return kind === 'access' ? 'invalid_token' : signal
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
