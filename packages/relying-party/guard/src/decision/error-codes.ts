// Types only: the texts of the codes are not weight of the guard's core.
import type { guardMalfunctions, guardProblems, guardRefusals } from '../codes.ts'

/** Why a request is refused: it, its token or its proof is at fault. */
export type GuardRefusalCode = keyof typeof guardRefusals

/** Why a request could not be judged: the fault is on this side, and the request may be sent again. */
export type GuardMalfunctionCode = keyof typeof guardMalfunctions

/**
 * Every code that a decision of the guard can carry. For the operator: callers of the API see {@link
 * GuardProblemCode}.
 */
export type GuardErrorCode = GuardRefusalCode | GuardMalfunctionCode

/** What goes over the wire: the codes of the standards, and four of ours where they have none. */
export type GuardProblemCode = keyof typeof guardProblems
