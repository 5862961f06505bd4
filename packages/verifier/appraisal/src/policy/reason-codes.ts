import type { acceptanceCodes, OwnReason, undecidedCodes } from '../errors/codes.ts'
import { ruleReasonCodes } from '../errors/codes.ts'

/** A reason that a rule may give. */
export type ReasonOfRule = keyof typeof ruleReasonCodes

export const reasonsOfRules = Object.keys(ruleReasonCodes) as readonly ReasonOfRule[]

/** A reason that a result, or the refusal of one, can give. For the operator only. */
export type AppraisalReasonCode =
  keyof typeof undecidedCodes | ReasonOfRule | OwnReason | keyof typeof acceptanceCodes
