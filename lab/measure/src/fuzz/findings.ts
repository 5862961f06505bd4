import type { JobOutcome } from './running/run-job.ts'

/** Something for which the run fails. */
export interface Finding {
  readonly kind: 'crash' | 'hang' | 'growth' | 'branches' | 'died'
  readonly text: string
  /** The input that shows it. */
  readonly input?: Uint8Array
}

/** Share of the parser's branches that must be reached. */
export const leastBranches = 0.9

export function findingsIn(outcome: JobOutcome): Finding[] {
  switch (outcome.kind) {
    case 'hang':
      return [{ kind: 'hang', text: 'an input takes too long', input: outcome.input }]
    case 'died':
      return [{ kind: 'died', text: `the process ended: ${outcome.how}` }]
    case 'finished':
      return findingsInResult(outcome.result)
  }
}

function findingsInResult({
  crashes,
  memory,
  branches,
}: Extract<JobOutcome, { kind: 'finished' }>['result']): Finding[] {
  const findings: Finding[] = crashes.map(({ error, input }) => ({ kind: 'crash', text: error, input }))
  if (memory.grows)
    findings.push({ kind: 'growth', text: `${Math.round(memory.bytesPerInput)} bytes stay per input` })
  if (branches.taken < leastBranches * branches.total) {
    const share = `${branches.taken} of ${branches.total} branches reached`
    findings.push({ kind: 'branches', text: `${share}, at least ${leastBranches * 100} % are to be` })
  }
  return findings
}
