import { isOwnReason } from '@assay/appraisal/codes'
import { codeSections, type CodeColumns, type CodeSection } from './codes.ts'

/** What a code means, and what an operator does about it, in the words of `docs/errors.md`. */
export interface Explanation {
  meaning: string
  action: string
  /** The heading under which the page has it. */
  section: string
  /** The columns of its table: this name is in the JSON of `assay explain`. */
  columns?: CodeColumns
}

/** Gives the meaning of a code of the service. */
export type Explain = (code: string) => Explanation

/** Every explanation of a code. Two parties use a few of the codes, each in its own sense. */
export function explanationsOf(code: string): readonly Explanation[] {
  if (isOwnReason(code)) return [ownReason]
  return codeSections.flatMap((section) => explanationIn(section, code) ?? [])
}

/** The text for a reason that only the operator's policy explains. */
const ownReason: Explanation = {
  meaning: 'A reason of your own: the policy that gives it says what it means.',
  action: 'See the rule with this reason: `assay policy show ID`.',
  section: 'Policies',
}

/** The text for a code of a newer service. */
const unknownCode: Explanation = {
  meaning: 'This CLI does not know the code: the service is newer than it.',
  action: 'Update the CLI, or look the code up in docs/errors.md of the service.',
  section: '',
}

/** The explanation of a code of the service: of a trace, of a refused policy or build, or of a service that does not start. */
export function explanationOf(code: string): Explanation {
  if (isOwnReason(code)) return ownReason
  for (const section of codeSections) {
    const found = section.by === 'service' ? explanationIn(section, code) : undefined
    if (found !== undefined) return { meaning: found.meaning, action: found.action, section: found.section }
  }
  return unknownCode
}

/** What to do about a code of the service, or where to look it up. */
export function adviceFor(code: string): string {
  const explanation = explanationOf(code)
  return explanation === unknownCode ? 'docs/errors.md explains the code.' : explanation.action
}

function explanationIn({ heading, codes }: CodeSection, code: string): Explanation | undefined {
  const text = codes.get(code)
  if (text === undefined) return undefined
  const { columns, ...texts } = text
  return { ...texts, columns, section: heading }
}
