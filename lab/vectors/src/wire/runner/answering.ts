import type { Case, Json } from '../case/case.ts'

export type Input = Case['input']

/** Answers the cases of one family. What it throws has the code of the refusal as `code`. */
export type Answering = (input: Input) => Json | Promise<Json>

/** A refusal under the code that the vectors give it. */
export class Refusal extends Error {
  readonly code: string
  readonly details: Case['details']

  constructor(code: string, details?: Case['details']) {
    super(code)
    this.code = code
    this.details = details
  }
}

/** `value`, unless it is `undefined`, which is a refusal. */
export function orRefuse<T>(value: T | undefined, code: string): T {
  if (value === undefined) throw new Refusal(code)
  return value
}

/** What an SDK throws where its caller is wrong. */
export function isMisuse(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ERR_INVALID_ARG_VALUE'
}

/** What `act` gives; misuse is a refusal. */
export function orMisuse<T>(act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw isMisuse(error) ? new Refusal('MISUSE') : error
  }
}

/** A member of an input, which the family says is of this type. */
export function member<T>(input: Input, name: string): T {
  return input[name] as T
}
