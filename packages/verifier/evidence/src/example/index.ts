import type { VerifyContext } from '../port/verify-context.ts'
import type { EvidenceFormat } from '../port/evidence-format.ts'
import type { ExampleClaims } from './claims.ts'
import { commitment, descriptor } from './descriptor.ts'
import { parse, type ParsedExample } from './parse.ts'
import { verify } from './verify.ts'

/** The verification of the template: it works, but no vendor issues such evidence. */
export const example: EvidenceFormat<ParsedExample, VerifyContext, ExampleClaims> & {
  commitment(binding: string): Uint8Array
} = {
  descriptor,
  commitment,
  parse,
  verify,
}

export type { ExampleClaims } from './claims.ts'
export { ExampleError, exampleErrorCodes } from './errors.ts'
export type { ExampleErrorCode } from './errors.ts'
export type { ParsedExample } from './parse.ts'
export { exampleDescription, exampleScheme } from './scheme.ts'
export type { ExampleWorld } from './scheme.ts'
export type { ExampleSettings } from './settings.ts'
export { exampleClaims } from './claims.ts'
