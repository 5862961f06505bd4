import type { acceptanceCodes, OwnReason, undecidedCodes } from './codes.ts'
import { findingCodes } from './codes.ts'

/** A reason that a rule may give. */
export type Finding = keyof typeof findingCodes

export const findings = Object.keys(findingCodes) as readonly Finding[]

/** A reason that a result, or the refusal of one, can give. For the operator only. */
export type AppraisalReasonCode =
  keyof typeof undecidedCodes | Finding | OwnReason | keyof typeof acceptanceCodes
