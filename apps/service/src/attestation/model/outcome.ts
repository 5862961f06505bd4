import type { ProblemCode, TokenType } from '@assay/protocol'
import { problems } from '@assay/protocol/codes'
import { EvidenceError } from '@assay/evidence'
import { RetryableError } from '../../faults/retryable-error.ts'
import { ProblemError, problemOf } from '../../faults/problem-error.ts'

/** A token, and until when it is valid. */
export interface GrantedToken {
  audience: string
  token: string
  /** Unix seconds. */
  expiresAt: number
  /** Of a token of kind `access`: the scheme in `Authorization` (RFC 6750, RFC 9449). */
  tokenType?: TokenType
}

/** Evidence that is sufficient for at least one API. */
export interface PassedOutcome {
  outcome: 'result'
  trace: string
  tokens: GrantedToken[]
  /** Unix seconds after which the client should attest again. */
  refreshAt: number
  /** Why the other requested APIs got no token. */
  refusals: ApiRefusal[]
}

/** Why an API gets no token. */
export interface ApiRefusal extends PolicyRefusal {
  /** The result as an EAR, for the operator. */
  ear: unknown
}

/** An API whose policy gave a tier that it refuses. */
export interface PolicyRefusal {
  audience: string
  tier: string
  code: string
  /** Its code is not the registered one, which the first days of a release admit: nobody lets it through. */
  codeDiffers: boolean
}

/** The request or its evidence is bad. */
export interface RefusedOutcome {
  outcome: 'denied'
  trace: string
  /** The reason's own code, for the operator. */
  code: string
  /** What the client sees. */
  outward: ProblemCode
  /** Names of segments that differ. */
  segments: readonly string[]
  /** If it was appraised: the result as an EAR. */
  ear?: unknown
  /** The APIs whose policies refused it; none: something before refused it. */
  byPolicy?: readonly PolicyRefusal[]
}

/** A fault of the service or of a vendor: it says nothing about the client, and the same request may be sent again. */
export interface MalfunctionOutcome {
  outcome: 'malfunction'
  trace: string
  code: string
  cause: unknown
}

/** The outcome of an attestation: exactly one of three, and none ever turns into another. */
export type Outcome = PassedOutcome | RefusedOutcome | MalfunctionOutcome

/** The evidence is valid, but not sufficient. */
export class AttestationRefused extends Error {
  override readonly name = 'AttestationRefused'
  /** A code of the service, or of appraisal. */
  readonly code: string
  /** If it was appraised: the result as an EAR. */
  readonly ear: unknown
  readonly byPolicy: readonly PolicyRefusal[]

  constructor(code: string, ear?: unknown, byPolicy: readonly PolicyRefusal[] = []) {
    super('the attestation is denied')
    this.code = code
    this.ear = ear
    this.byPolicy = byPolicy
  }
}

/**
 * Classifies what a step threw: faults of form and protocol keep their code, bad evidence shows none, and everything
 * else is a malfunction.
 */
export function outcomeOf(error: unknown, trace: string): RefusedOutcome | MalfunctionOutcome {
  if (error instanceof EvidenceError || error instanceof AttestationRefused) {
    const segments = 'segments' in error ? (error.segments as readonly string[]) : []
    const code = error.code as string
    const { ear, byPolicy } = error instanceof AttestationRefused ? error : { ear: undefined, byPolicy: [] }
    return { outcome: 'denied', trace, code, outward: 'attestation_denied', segments, ear, byPolicy }
  }
  const { code } = problemOf(error)
  if (error instanceof ProblemError && problems[code].status < 500) {
    return { outcome: 'denied', trace, code, outward: code, segments: [] }
  }
  const traceCode = error instanceof RetryableError ? error.traceCode : undefined
  return { outcome: 'malfunction', trace, code: traceCode ?? code, cause: error }
}
