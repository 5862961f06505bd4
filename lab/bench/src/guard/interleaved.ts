import { median } from '../statistics.ts'

/** One way to do the work, once per item. */
export type Way<Item> = (item: Item) => void | Promise<void>

export interface Rounds {
  /** Rounds that count. */
  readonly counted: number
  /** Rounds before them that only warm the engine. */
  readonly warmUp: number
}

/**
 * Median microseconds per item for each way. In each round every way gets the same items, one after the other, and the
 * way that comes first changes from round to round: whoever comes first also pays for what making the items left behind.
 */
export async function interleaved<Item, Name extends string>(
  rounds: Rounds,
  makeItems: () => readonly Item[],
  ways: Readonly<Record<Name, Way<Item>>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(ways) as Name[]
  const times = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round < rounds.warmUp + rounds.counted; round++) {
    const items = makeItems()
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length] as Name
      const time = await timed(items, ways[name])
      if (round >= rounds.warmUp) times.get(name)?.push(time)
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<
    Name,
    number
  >
}

async function timed<Item>(items: readonly Item[], way: Way<Item>): Promise<number> {
  const started = performance.now()
  for (const item of items) {
    const running = way(item)
    if (running !== undefined) await running
  }
  return ((performance.now() - started) * 1000) / items.length
}
