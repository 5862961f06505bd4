import type { ProbeAnswer } from '@assay/protocol'
import { MeasurementError, misuse } from '../measurement-error.ts'
import { namePattern } from '../plan/plan.ts'

/** A named fact of the environment. Whether an answer is good is for policy to say, never for the probe. */
export interface Probe {
  /** 1 to 64 lower-case letters, digits, `.`, `_` and `-`, starting with a letter or digit. */
  readonly name: string
  /** The answer: a boolean, a finite number, or text of at most 256 UTF-16 units (longer text is cut). */
  ask(): ProbeAnswer | Promise<ProbeAnswer>
}

/** What a probe is taken to have answered when it threw, gave what is no answer, or was late. */
export const probeFaults = { threw: '!threw', invalid: '!invalid', late: '!late' } as const

/** The probes that an SDK declares. */
export interface ProbeRegistry {
  readonly names: readonly string[]
  /**
   * Asks the named probes, all at once, and waits at most for `deadline`.
   *
   * @throws MeasurementError `PLAN_PROBE` when one is not declared; then none is asked
   */
  ask(names: readonly string[], deadline?: Promise<unknown>): Promise<Record<string, ProbeAnswer>>
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) for two probes of one name, or a name out of form. */
export function probeRegistry(probes: readonly Probe[]): ProbeRegistry {
  const declared = new Map(probes.map((probe) => [probe.name, probe]))
  if (declared.size !== probes.length) throw misuse('two probes have one name')
  if (!probes.every((probe) => namePattern.test(probe.name))) throw misuse('a probe has a name out of form')
  return {
    names: [...declared.keys()],
    async ask(names, deadline) {
      const asked = names.map((name) => {
        const probe = declared.get(name)
        if (probe === undefined)
          throw new MeasurementError('PLAN_PROBE', 'the plan asks for a probe that is not declared')
        return probe
      })
      const answers = await Promise.all(asked.map((probe) => answerOf(probe, deadline)))
      return Object.fromEntries(asked.map((probe, i) => [probe.name, answers[i] as ProbeAnswer]))
    },
  }
}

async function answerOf(probe: Probe, deadline: Promise<unknown> | undefined): Promise<ProbeAnswer> {
  const late = deadline?.then(
    () => probeFaults.late,
    () => probeFaults.late,
  )
  try {
    const asked = probe.ask()
    return asAnswer(await (late === undefined ? asked : Promise.race([asked, late])))
  } catch {
    return probeFaults.threw
  }
}

const longestAnswer = 256

/** Answers come from adapters and patched engines, so that their type is not taken on trust. */
function asAnswer(answer: unknown): ProbeAnswer {
  switch (typeof answer) {
    case 'boolean':
      return answer
    case 'number':
      return Number.isFinite(answer) ? answer : probeFaults.invalid
    case 'string':
      // Strict JSON refuses lone surrogates; a cut through a pair would make one.
      return answer.slice(0, longestAnswer).replace(/[\ud800-\udfff]/gu, '\ufffd')
    default:
      return probeFaults.invalid
  }
}
