import type { Clock } from '../system/ports.ts'

/** Milliseconds for which an answer is valid: anyone may ask, and each check writes. */
const holdsFor = 1_000

/** Milliseconds after which a part that has not answered counts as not ready, for whoever wants to know of each. */
const partPatience = 2_000

/** Parts of the service, each with a probe that rejects if it cannot do its work. */
type Probes<Part extends string> = Readonly<Partial<Record<Part, () => Promise<void>>>>

interface ReadinessDependencies<Part extends string> {
  probes: Probes<Part>
  clock: Clock
  patience?: number
}

export interface Readiness<Part extends string> {
  /** Rejects if the service cannot do its work now. */
  isReady(): Promise<void>
  /** Which parts can, and which cannot or do not answer. */
  parts(): Promise<ReadonlyMap<Part, boolean>>
}

/** Whether the service can do its work now. If many ask within a second, only the first causes a check. */
export function createReadiness<Part extends string>({
  probes,
  clock,
  patience = partPatience,
}: ReadinessDependencies<Part>): Readiness<Part> {
  const all = Object.entries(probes) as [Part, () => Promise<void>][]
  let last: Check<Part> | undefined
  const check = () => {
    const now = clock()
    if (last === undefined || Math.abs(now - last.at) >= holdsFor) last = checkOf(all, now)
    return last
  }
  return {
    isReady: () => check().answer,
    async parts() {
      const { settled, parts } = check()
      await atMost(patience, settled)
      return parts
    },
  }
}

interface Check<Part> {
  at: number
  answer: Promise<void>
  settled: Promise<unknown>
  /** Complete once it has settled; until then a part that has not answered is not ready. */
  parts: ReadonlyMap<Part, boolean>
}

function checkOf<Part>(probes: readonly [Part, () => Promise<void>][], at: number): Check<Part> {
  const parts = new Map(probes.map(([part]): [Part, boolean] => [part, false]))
  const running = probes.map(async ([part, probe]) => {
    await probe()
    parts.set(part, true)
  })
  const answer = Promise.all(running).then(() => undefined)
  // Whoever wants to know of the parts alone does not look at it.
  answer.catch(() => undefined)
  return { at, answer, settled: Promise.allSettled(running), parts }
}

async function atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)))
  await Promise.race([work, late])
  clearTimeout(timer)
}
