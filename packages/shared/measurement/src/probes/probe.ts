import { mustHold, type ProbeAnswer } from '@assay/protocol'
import { markLive } from '../live/mark-live.ts'
import { namePattern } from '../plan/plan.ts'

/** A named question about the environment. The policy decides whether an answer is good, never the probe. */
export interface Probe {
  /** 1 to 64 lower-case letters, digits, `.`, `_` and `-`, starting with a letter or digit. */
  readonly name: string
  /** The answer: a boolean, a safe integer, or text of at most 256 UTF-16 units (longer text is cut). */
  ask(): ProbeAnswer | Promise<ProbeAnswer>
}

/** The answer of a probe that threw, gave an invalid answer, or was late. */
export type ProbeFault = '!threw' | '!invalid' | '!late'

/** The probes that an SDK declares, by name. */
export type ProbeTable = Readonly<Record<string, Probe>>

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) for two probes with one name, or a malformed name. */
export function probeTable(probes: readonly Probe[]): ProbeTable {
  const table = Object.fromEntries(probes.map((probe) => [probe.name, probe]))
  const names = Object.keys(table)
  mustHold(names.length === probes.length && names.every((name) => namePattern.test(name)), 'probes')
  return table
}

/**
 * Runs the named probes, all at once, and waits at most for `deadline`.
 *
 * @param names all in `table`, as `checkPlanFits` makes sure
 */
export async function askProbes(
  table: ProbeTable,
  names: readonly string[],
  deadline: Promise<unknown>,
): Promise<Record<string, ProbeAnswer>> {
  const answers = names.map(async (name) => [name, await answerOf(table[name] as Probe, deadline)] as const)
  return Object.fromEntries(await Promise.all(answers))
}

async function answerOf(probe: Probe, deadline: Promise<unknown>): Promise<ProbeAnswer> {
  const late = (): ProbeFault => '!late'
  try {
    return asAnswer(await Promise.race([probe.ask(), deadline.then(late, late)]))
  } catch {
    return '!threw' satisfies ProbeFault
  }
}

const loneSurrogate = /[\ud800-\udfff]/gu

/** Answers come from adapters and patched engines, so their type is checked. */
export const asAnswer = /* @__PURE__ */ markLive(
  'assay:live:probe-answer',
  function (answer: unknown): ProbeAnswer {
    // Strict JSON refuses lone surrogates; a cut through a pair would make one.
    if (typeof answer === 'string') return answer.slice(0, 256).replace(loneSurrogate, '\ufffd')
    const isAnswer = typeof answer === 'boolean' || Number.isSafeInteger(answer)
    return isAnswer ? (answer as boolean | number) : ('!invalid' satisfies ProbeFault)
  },
)
