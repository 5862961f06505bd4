import type { Clock } from '../system/ports.ts'

/** Milliseconds for which an answer is valid: anyone may ask, and each check writes. */
const holdsFor = 1_000

interface ReadinessDependencies {
  /** Each rejects if a part of the service cannot do its work. */
  probes: readonly (() => Promise<void>)[]
  clock: Clock
}

/** Whether the service can do its work now. If many ask within a second, only the first causes a check. */
export function createReadiness({ probes, clock }: ReadinessDependencies): () => Promise<void> {
  let last: { at: number; answer: Promise<void> } | undefined
  return () => {
    const now = clock()
    if (last !== undefined && Math.abs(now - last.at) < holdsFor) return last.answer
    const answer = Promise.all(probes.map((probe) => probe())).then(() => undefined)
    last = { at: now, answer }
    return answer
  }
}
