/**
 * Whether a probe that answers with names of findings, separated by commas, found one: one that begins with one of
 * `beginnings`, or any where none are given.
 */
export function namesFinding(answer: unknown, beginnings: readonly string[] = ['']): boolean {
  if (typeof answer !== 'string' || answer === '' || isFault(answer)) return false
  return answer.split(',').some((name) => beginnings.some((beginning) => name.startsWith(beginning)))
}

/** Whether a probe that answers with names was asked and did not answer. */
export function isUnanswered(answer: unknown): boolean {
  return typeof answer !== 'string' || isFault(answer)
}

/** What an SDK says for a probe that threw, was late, or gave a malformed answer. */
function isFault(answer: string): boolean {
  return answer.startsWith('!')
}
