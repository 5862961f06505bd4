import type { problems } from '../codes.ts'

/** What the service answers a problem with: stable. */
export type ProblemCode = keyof typeof problems

/** `type` member of a problem document. */
export function problemType(code: ProblemCode): string {
  return `urn:assay:problem:${code}`
}

/** A place in a request that is at fault. */
export interface FaultyPlace {
  /** JSON pointer (RFC 6901); empty for the whole. */
  pointer: string
  code: string
  /** Of a policy: what is wrong, for the operator who wrote it. */
  detail?: string
  /** Of a condition of a policy: where in its text, in UTF-16 code units from 0. */
  offset?: number
}

/** A problem document as it goes over the wire. */
export interface ProblemDocument {
  type: string
  title: string
  status: number
  code: ProblemCode
  /** Names the exchange to the operator. */
  trace?: string
  /** For `request_invalid` and `policy_invalid`: where and what, never the value. */
  errors?: FaultyPlace[]
  /** For `version_unsupported`: the versions that the service speaks. */
  supported?: number[]
  /** For `build_refused`: the reader's own code. Of `/readyz`: what is wrong. */
  reason?: string
  /** For `build_refused`: the path inside the build of the file that is at fault, where it is one. */
  file?: string
}
