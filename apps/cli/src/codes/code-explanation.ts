/** What a code means, and what an operator does about it: in the words of `docs/errors.md`. */
export interface CodeExplanation {
  meaning: string
  action: string
}

/** With the heading below which the page has it. */
export interface FoundExplanation extends CodeExplanation {
  section: string
}
