import type { policyCodes } from './codes.ts'

/** Why a policy document is refused. */
export type PolicyErrorCode = keyof typeof policyCodes

/** A policy document that is not accepted, and the place of its first fault. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'
  readonly code: PolicyErrorCode
  /** JSON pointer (RFC 6901) to the member; empty for the document. */
  readonly pointer: string
  /** Where in the expression, in characters from 0. */
  readonly offset: number | undefined

  constructor(code: PolicyErrorCode, pointer: string, message: string, offset?: number) {
    super(message)
    this.code = code
    this.pointer = pointer
    this.offset = offset
  }
}
