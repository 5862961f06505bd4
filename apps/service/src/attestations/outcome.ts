import { problems, type ProblemCode } from '@assay/protocol'
import { EvidenceError } from '@assay/evidence'
import { toProblem } from '../http/error-handler.ts'
import { ProblemError } from '../http/problem-error.ts'

/** A token, and until when it is good. */
export interface GrantedToken {
  audience: string
  token: string
  /** Unix seconds. */
  expiresAt: number
}

/** Evidence that was good enough for at least one API. */
export interface Result {
  outcome: 'result'
  trace: string
  tokens: GrantedToken[]
  /** Unix seconds from which the client should attest again. */
  refreshAt: number
  /** Why the other APIs that were asked for got no token: their reason codes. */
  refusals: string[]
}

/** The request or its evidence is bad. */
export interface Denied {
  outcome: 'denied'
  trace: string
  /** The reason's own code, for the operator. */
  code: string
  /** What the client is told. */
  outward: ProblemCode
  /** Names of segments that differ. */
  segments: readonly string[]
}

/** Ours or a vendor's fault: says nothing about the client, and the same request may come again. */
export interface Malfunction {
  outcome: 'malfunction'
  trace: string
  code: string
  cause: unknown
}

/** What became of an attestation: exactly one of three, and none ever turns into another. */
export type Outcome = Result | Denied | Malfunction

/** Denials that no package below the service knows. */
export const attestationDenialCodes = ['EVIDENCE_FORMAT_UNKNOWN'] as const
export type AttestationDenialCode = (typeof attestationDenialCodes)[number]

/** The evidence is in order as far as it goes, and does not do. */
export class AttestationDenied extends Error {
  override readonly name = 'AttestationDenied'
  /** Of the service, or of appraisal. */
  readonly code: string

  constructor(code: string) {
    super('the attestation is denied')
    this.code = code
  }
}

/**
 * Sorts what a step threw: faults of form and protocol keep their code, bad evidence shows none, and everything else is
 * a malfunction.
 */
export function outcomeOf(error: unknown, trace: string): Denied | Malfunction {
  if (error instanceof EvidenceError || error instanceof AttestationDenied) {
    const segments = 'segments' in error ? (error.segments as readonly string[]) : []
    return { outcome: 'denied', trace, code: String(error.code), outward: 'attestation_denied', segments }
  }
  const { code } = toProblem(error)
  if (error instanceof ProblemError && problems[code].status < 500) {
    return { outcome: 'denied', trace, code, outward: code, segments: [] }
  }
  return { outcome: 'malfunction', trace, code, cause: error }
}
