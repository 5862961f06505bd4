import type { problems } from '../codes.ts'

/** What the service answers a problem with: stable. */
export type ProblemCode = keyof typeof problems

/** `type` member of a problem document. */
export function problemType(code: ProblemCode): string {
  return `urn:assay:problem:${code}`
}

/** A problem document as it goes over the wire. */
export interface ProblemDocument {
  type: string
  title: string
  status: number
  code: ProblemCode
  /** Names the exchange to the operator. */
  trace?: string
  /** For `request_invalid`: where and what, never the value. */
  errors?: { pointer: string; code: string }[]
  /** For `version_unsupported`: the versions that the service speaks. */
  supported?: number[]
  /** For `build_refused`: the reader's own code. */
  reason?: string
}
