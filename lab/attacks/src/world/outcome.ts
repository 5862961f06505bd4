/** The result of one attempt. */
export interface Outcome {
  /** Whether the caller got what they wanted. */
  through: boolean
  /** HTTP status of the answer that decided; 0 if none came. */
  status: number
  /** The refusal's real code, as the operator sees it; several in alphabetical order, separated by commas. */
  code: string | null
}

export function served(status = 200): Outcome {
  return { through: true, status, code: null }
}

export function refused(status: number, code: string): Outcome {
  return { through: false, status, code }
}

/**
 * The outcome of several tries at the same attack: through if any got through, otherwise refused with all codes that
 * occurred.
 */
export function allOf(outcomes: readonly Outcome[]): Outcome {
  const [first] = outcomes
  if (first === undefined) throw new Error('nothing was tried')
  const through = outcomes.find((outcome) => outcome.through)
  if (through !== undefined) return through
  const codes = new Set(outcomes.map(({ code }) => code ?? ''))
  return { ...first, code: [...codes].sort().join(',') }
}

/** The first of several tries that failed; every one must succeed. */
export function everyOf(outcomes: readonly Outcome[]): Outcome {
  const [first] = outcomes
  if (first === undefined) throw new Error('nothing was tried')
  return outcomes.find((outcome) => !outcome.through) ?? first
}
