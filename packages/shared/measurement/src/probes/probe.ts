import { invalidArgument, type ProbeAnswer } from '@assay/protocol'
import { declared } from '../declared.ts'
import { markLive } from '../live/mark-live.ts'
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
  const byName = Object.fromEntries(probes.map((probe) => [probe.name, probe]))
  const names = Object.keys(byName)
  if (names.length !== probes.length || !names.every((name) => namePattern.test(name))) {
    throw invalidArgument('probe names must be distinct and in form')
  }
  return {
    names,
    async ask(asked, deadline) {
      const answers = asked
        .map((name) => declared(byName, name, 'PLAN_PROBE'))
        .map(async (probe) => [probe.name, await answerOf(probe, deadline)] as const)
      return Object.fromEntries(await Promise.all(answers))
    },
  }
}

async function answerOf(probe: Probe, deadline: Promise<unknown> | undefined): Promise<ProbeAnswer> {
  const late = () => probeFaults.late
  try {
    return asAnswer(await Promise.race([probe.ask(), ...(deadline ? [deadline.then(late, late)] : [])]))
  } catch {
    return probeFaults.threw
  }
}

const loneSurrogate = /[\ud800-\udfff]/gu

/** Answers come from adapters and patched engines, so that their type is not taken on trust. */
export const asAnswer = /* @__PURE__ */ markLive(
  'assay:live:probe-answer',
  function (answer: unknown): ProbeAnswer {
    // Strict JSON refuses lone surrogates; a cut through a pair would make one.
    if (typeof answer === 'string') return answer.slice(0, 256).replace(loneSurrogate, '\ufffd')
    const isAnswer = typeof answer === 'boolean' || Number.isFinite(answer)
    return isAnswer ? (answer as boolean | number) : probeFaults.invalid
  },
)
