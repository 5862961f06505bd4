// Types only: the texts of the codes must not add to the guard's core.
import type { guardMalfunctions, guardProblems, guardRefusals } from '../codes.ts'

/** Why a request is refused: the request, its token or its proof is at fault. */
export type GuardRefusalCode = keyof typeof guardRefusals

/** Why a request could not be judged: the fault is on this side, and the request may be sent again. */
export type GuardMalfunctionCode = keyof typeof guardMalfunctions

/**
 * Every code that a decision of the guard can carry. For the operator: callers of the API see {@link
 * GuardProblemCode}.
 */
export type GuardErrorCode = GuardRefusalCode | GuardMalfunctionCode

/** The codes on the wire: those of the standards, and four of ours for cases without one. */
export type GuardProblemCode = keyof typeof guardProblems
