import type { EvidenceFormat } from '../port/evidence-format.ts'
import type { SoftwareClaims } from './claims.ts'
import type { SoftwareContext } from './context.ts'
import { descriptor } from './descriptor.ts'
import { parse, type ParsedMeasurement } from './parse.ts'
import { verify } from './verify.ts'

/** Software measurement: the `measurement` member of client data against the registered code image. */
export const software: EvidenceFormat<ParsedMeasurement, SoftwareContext, SoftwareClaims> = {
  descriptor,
  parse,
  verify,
}

export type { SoftwareClaims } from './claims.ts'
export type { ExpectedMeasurement, MeasuredBuild, SoftwareContext } from './context.ts'
export { SoftwareError, softwareErrorCodes } from './errors.ts'
export type { SoftwareErrorCode } from './errors.ts'
export type { ParsedMeasurement } from './parse.ts'
