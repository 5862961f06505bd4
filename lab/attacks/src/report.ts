import { levels, type Attack, type Level } from './attack/attack.ts'
import type { Outcome } from './world/outcome.ts'
import type { AttackResult } from './run-attacks.ts'

export type ReportedOutcome = 'through' | 'refused' | 'not-applicable'

/** The suite's result as one JSON document. */
export interface Report {
  levels: readonly Level[]
  attacks: ReportedAttack[]
}

export interface ReportedAttack extends Pick<Attack, 'id' | 'title' | 'oat' | 'method'> {
  outcomes: Partial<Record<Level, ReportedOutcome>>
  codes: Partial<Record<Level, string>>
}

/** A level at which an attack could not be carried out has no outcome. */
export function reportOf(attacks: readonly Attack[], results: readonly AttackResult[]): Report {
  const byId = new Map(results.map((result) => [result.id, result]))
  return {
    levels,
    attacks: attacks.flatMap(({ id, title, oat, method }) => {
      const attempts = byId.get(id)?.attempts
      if (attempts === undefined) return []
      const outcomes: ReportedAttack['outcomes'] = {}
      const codes: ReportedAttack['codes'] = {}
      for (const level of levels) {
        const attempt = attempts[level]
        if (attempt instanceof Error) continue
        outcomes[level] = outcomeOf(attempt?.attack)
        if (attempt !== undefined && attempt.attack.code !== null) codes[level] = attempt.attack.code
      }
      return [{ id, title, oat, method, outcomes, codes }]
    }),
  }
}

function outcomeOf(outcome: Outcome | undefined): ReportedOutcome {
  if (outcome === undefined) return 'not-applicable'
  return outcome.through ? 'through' : 'refused'
}
