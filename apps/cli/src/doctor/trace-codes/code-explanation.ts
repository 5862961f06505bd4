/** What a code means, and what an operator does about it. */
export interface CodeExplanation {
  meaning: string
  action: string
}
