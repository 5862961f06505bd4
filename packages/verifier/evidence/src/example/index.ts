import type { PlatformEvidenceFormat } from '../port/evidence-format.ts'
import type { ExampleClaims } from './claims.ts'
import { commitment } from './commitment.ts'
import { descriptor } from './descriptor.ts'
import { parse, type ParsedExample } from './parse.ts'
import { verify } from './verify.ts'

/** The template of a platform format: it works, and no vendor issues such evidence. No service may accept it. */
export const example: PlatformEvidenceFormat<ParsedExample, ExampleClaims> = {
  descriptor,
  commitment,
  parse,
  verify,
}

export type { ExampleClaims } from './claims.ts'
export { ExampleError, exampleErrorCodes } from './errors.ts'
export type { ExampleErrorCode } from './errors.ts'
export type { ParsedExample } from './parse.ts'
