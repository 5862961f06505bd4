import { accepted } from './target.ts'

/** The outcome of an input that a parser without codes does not take. */
export const refused = 'refused'

/** Of a parser that answers a refusal with `undefined`. */
export function outcomeOfValue(value: unknown): string {
  return value === undefined ? refused : accepted
}

type Coded = Error & { readonly code: string }

/** A class of errors, however they are constructed. */
interface Refusals {
  readonly prototype: Coded
}

/**
 * Of a parser that throws: the code where the error is one of `kinds` and its code one of `codes`. Any other error goes
 * on.
 */
export function outcomeOfThrowing(parse: () => unknown, kind: Refusals, codes: readonly string[]): string {
  try {
    parse()
    return accepted
  } catch (error) {
    return codeOf(error, kind, codes)
  }
}

/** The code of a refusal. @throws the error itself where it is none */
export function codeOf(error: unknown, kind: Refusals, codes: readonly string[]): string {
  const isOfKind = Object.prototype.isPrototypeOf.call(kind.prototype, error as Coded)
  if (isOfKind && codes.includes((error as Coded).code)) return (error as Coded).code
  throw error
}
