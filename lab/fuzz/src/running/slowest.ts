/** The input that takes the parser longest. */
export interface SlowestInput {
  readonly input: Uint8Array
  readonly milliseconds: number
  /** How many times the mean of all inputs. */
  readonly timesMean: number
}

export interface Slowest {
  note(input: Uint8Array, milliseconds: number): void
  /** Runs the slowest ones again: what was slow only because the machine was busy does not count. */
  measure(run: (input: Uint8Array) => Promise<unknown>): Promise<SlowestInput | undefined>
}

const kept = 8
const repeats = 5

export function createSlowest(): Slowest {
  let slowest: { input: Uint8Array; milliseconds: number }[] = []
  let threshold = 0
  let count = 0
  let total = 0
  return {
    note(input, milliseconds) {
      count++
      total += milliseconds
      if (milliseconds <= threshold) return
      slowest.push({ input: Uint8Array.from(input), milliseconds })
      slowest = slowest.sort((a, b) => b.milliseconds - a.milliseconds).slice(0, kept)
      if (slowest.length === kept) threshold = slowest.at(-1)?.milliseconds ?? 0
    },
    async measure(run) {
      const mean = total / count
      let result: SlowestInput | undefined
      for (const { input } of [...slowest]) {
        const milliseconds = await best(input, run)
        if (result === undefined || milliseconds > result.milliseconds)
          result = { input, milliseconds, timesMean: milliseconds / mean }
      }
      return result
    },
  }
}

async function best(input: Uint8Array, run: (input: Uint8Array) => Promise<unknown>): Promise<number> {
  let least = Infinity
  for (let left = repeats; left > 0; left--) {
    const start = performance.now()
    await run(input)
    least = Math.min(least, performance.now() - start)
  }
  return least
}
