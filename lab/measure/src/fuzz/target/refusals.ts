import { accepted } from './target.ts'

/** The outcome of an input that a parser without codes refuses. */
export const refused = 'refused'

/** The outcome of a parser that answers a refusal with `undefined`. */
export function outcomeOfValue(value: unknown): string {
  return value === undefined ? refused : accepted
}

type Coded = Error & { readonly code: string }

/** A class of errors, however they are constructed. */
interface Refusals {
  readonly prototype: Coded
}

/**
 * The outcome of a parser that throws: the code if the error is one of `kinds` and its code one of `codes`. Any other
 * error is rethrown.
 */
export function outcomeOfThrowing(parse: () => unknown, kind: Refusals, codes: readonly string[]): string {
  try {
    parse()
    return accepted
  } catch (error) {
    return codeOf(error, kind, codes)
  }
}

/** The same for a parser or verifier that throws or rejects: see {@link outcomeOfThrowing}. */
export async function outcomeOfRejecting(
  verify: () => Promise<unknown>,
  kind: Refusals,
  codes: readonly string[],
): Promise<string> {
  try {
    await verify()
    return accepted
  } catch (error) {
    return codeOf(error, kind, codes)
  }
}

/** More messages than any parser has. A parser that quotes its input in messages soon exceeds this number. */
const mostMessages = 200
const messages = new Set<string>()

/**
 * The code of a refusal.
 *
 * @throws the error itself unless it is such a refusal; Error where the messages of refusals seem to quote the inputs
 */
export function codeOf(error: unknown, kind: Refusals, codes: readonly string[]): string {
  const isOfKind = Object.prototype.isPrototypeOf.call(kind.prototype, error as Coded)
  if (!isOfKind || !codes.includes((error as Coded).code)) throw error
  if (messages.size <= mostMessages) messages.add((error as Coded).message)
  if (messages.size > mostMessages)
    throw new Error('there are more messages than faults: they quote the input')
  return (error as Coded).code
}
