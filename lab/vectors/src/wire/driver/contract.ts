import type { Case, Json } from '../case/case.ts'

/** One line to a runner. */
export interface Question {
  readonly id: string
  readonly family: string
  readonly needs?: Case['needs']
  readonly input: Case['input']
}

/** One line back, in the order of the questions. */
export interface Answer {
  readonly id: string
  readonly output?: Json
  readonly error?: string
  readonly details?: Json
  /** Why the runner does not answer: only where the case `needs` something. */
  readonly skipped?: string
}
