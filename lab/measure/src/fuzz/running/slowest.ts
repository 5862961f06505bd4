/** The input that takes the parser longest. */
export interface SlowestInput {
  readonly input: Uint8Array
  /** Processor time, so that a busy machine does not count. */
  readonly milliseconds: number
}

export interface Slowest {
  note(input: Uint8Array, milliseconds: number): void
  /** Runs the slowest inputs again, each several times, and takes the best time of each. */
  measure(run: (input: Uint8Array) => Promise<unknown>): Promise<SlowestInput | undefined>
}

const kept = 8
const repeats = 5

export function createSlowest(): Slowest {
  let slowest: { input: Uint8Array; milliseconds: number }[] = []
  let threshold = 0
  return {
    note(input, milliseconds) {
      if (milliseconds <= threshold) return
      slowest.push({ input: Uint8Array.from(input), milliseconds })
      slowest = slowest.sort((a, b) => b.milliseconds - a.milliseconds).slice(0, kept)
      if (slowest.length === kept) threshold = slowest.at(-1)?.milliseconds ?? 0
    },
    async measure(run) {
      let result: SlowestInput | undefined
      for (const { input } of [...slowest]) {
        const milliseconds = await best(input, run)
        if (result === undefined || milliseconds > result.milliseconds) result = { input, milliseconds }
      }
      return result
    },
  }
}

async function best(input: Uint8Array, run: (input: Uint8Array) => Promise<unknown>): Promise<number> {
  let least = Infinity
  for (let left = repeats; left > 0; left--) {
    const start = process.cpuUsage()
    await run(input)
    const { user, system } = process.cpuUsage(start)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}
