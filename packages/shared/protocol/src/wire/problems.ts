import type { problems } from '../codes/index.ts'
import type { Remedy } from './remedy.ts'

/** The codes of problems that the service answers with: stable. */
export type ProblemCode = keyof typeof problems

/** `type` member of a problem document. */
export function problemType(code: ProblemCode): string {
  return `urn:assay:problem:${code}`
}

/** A faulty place in a request. */
export interface FaultyPlace {
  /** JSON pointer (RFC 6901); empty for the whole. */
  pointer: string
  code: string
  /** For a policy: what is wrong, for the operator who wrote it. */
  detail?: string
  /** For a condition of a policy: the place in its text, in UTF-16 code units from 0. */
  offset?: number
}

/** A problem document on the wire. */
export interface ProblemDocument {
  type: string
  title: string
  status: number
  code: ProblemCode
  /** Identifies the exchange to the operator. */
  trace?: string
  /** For `request_invalid` and `policy_invalid`: where and what, never the value. */
  errors?: FaultyPlace[]
  /** For `version_unsupported`: the versions that the service speaks. */
  supported?: number[]
  /** From `/v1/challenges` and `/v1/attestations`: what the user can do, where the operator lets the app say it. */
  remedy?: Remedy
  /** For `build_refused`: the reader's own code. For `build_exists`: which members differ. For `/readyz`: what is wrong. */
  reason?: string
  /** For `build_refused`: the path inside the build of the file at fault, if it is a single file. */
  file?: string
}
