import { problems, type ProblemCode } from '@assay/protocol'
import { EvidenceError } from '@assay/evidence'
import { ProblemError } from '../faults/problem-error.ts'
import { problemOf } from '../faults/problem-of.ts'

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
  /** Why the other APIs that were asked for got no token. */
  refusals: Refusal[]
}

/** Why an API gets no token. */
export interface Refusal {
  /** Reason code. */
  code: string
  /** The result as an EAR, for the operator. */
  ear: unknown
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
  /** Where it was appraised: the result as an EAR. */
  ear?: unknown
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
export const attestationDenialCodes = [
  /** No format of this name is known. */
  'EVIDENCE_FORMAT_UNKNOWN',
  /** The app is not registered for evidence of this kind. */
  'EVIDENCE_NOT_ADMITTED',
  /** Two pieces of one kind. */
  'EVIDENCE_REPEATED',
  /** Pieces of evidence, or evidence and the measured build, state different versions. */
  'EVIDENCE_DISAGREES',
  /** The attested key is not the installation key, though the challenge was issued for one that is both. */
  'EVIDENCE_OTHER_KEY',
  /** The challenge was issued for a key that is attested itself, and no attestation of it came. */
  'EVIDENCE_OF_KEY_MISSING',
  /** Remembered evidence came without the signature that its vouching key can give. */
  'ANCHOR_SIGNATURE_MISSING',
  /** The vouching key has vouched for as many new installation keys today as it may. */
  'ANCHOR_ENROLMENTS_SPENT',
  /** The operator has banned the vouching key. */
  'ANCHOR_BANNED',
  /** An assertion with this counter, or a later one, came before. */
  'ASSERTION_COUNTER_USED',
  /** The installation attested with a newer build before. */
  'BUILD_OLDER_THAN_BEFORE',
  /** The installation attested with native code of another ABI before. */
  'ABI_CHANGED',
] as const
export type AttestationDenialCode = (typeof attestationDenialCodes)[number]

/** The evidence is in order as far as it goes, and does not do. */
export class AttestationDenied extends Error {
  override readonly name = 'AttestationDenied'
  /** Of the service, or of appraisal. */
  readonly code: string
  /** Where it was appraised: the result as an EAR. */
  readonly ear: unknown

  constructor(code: string, ear?: unknown) {
    super('the attestation is denied')
    this.code = code
    this.ear = ear
  }
}

/**
 * Sorts what a step threw: faults of form and protocol keep their code, bad evidence shows none, and everything else is
 * a malfunction.
 */
export function outcomeOf(error: unknown, trace: string): Denied | Malfunction {
  if (error instanceof EvidenceError || error instanceof AttestationDenied) {
    const segments = 'segments' in error ? (error.segments as readonly string[]) : []
    const code = error.code as string
    const ear: unknown = error instanceof AttestationDenied ? error.ear : undefined
    return { outcome: 'denied', trace, code, outward: 'attestation_denied', segments, ear }
  }
  const { code } = problemOf(error)
  if (error instanceof ProblemError && problems[code].status < 500) {
    return { outcome: 'denied', trace, code, outward: code, segments: [] }
  }
  return { outcome: 'malfunction', trace, code, cause: error }
}
