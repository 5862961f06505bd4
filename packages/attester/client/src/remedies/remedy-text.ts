import type { Remedy } from '../wire/remedy.ts'
import { remedyTexts, type RemedyTexts } from './texts.ts'

export interface RemedyTextOptions {
  /** Language of the user (BCP 47): German for `de` and `de-…`, otherwise English. Default: English. */
  readonly language?: string | undefined
  /** Your own texts, in place of those with the same name. */
  readonly texts?: Partial<RemedyTexts> | undefined
}

const sentenceWithTrace = / [^.]*\{trace\}$/

/**
 * What to say to the user about a fault.
 *
 * @param fault an `AssayClientError`, or an event `denied`
 * @returns undefined if it has no remedy
 */
export function remedyText(
  { remedy, trace }: { readonly remedy?: Remedy | undefined; readonly trace?: string | undefined },
  { language = 'en', texts }: RemedyTextOptions = {},
): string | undefined {
  if (remedy === undefined) return undefined
  const given = remedyTexts[/^de(-|$)/i.test(language) ? 'de' : 'en'][remedy.kind]
  const text = texts?.[remedy.kind] ?? (trace === undefined ? given.replace(sentenceWithTrace, '') : given)
  // As a function: `$` has a meaning in a replacement.
  return text.replaceAll('{trace}', () => trace ?? '–')
}
