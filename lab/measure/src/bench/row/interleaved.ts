import { median } from './statistics.ts'

/** One way to do the work, once per item. */
export type Way<Item> = (item: Item) => void | Promise<void>

export interface Rounds {
  /** Rounds that count. */
  readonly counted: number
  /** Rounds before them that only warm the engine. */
  readonly warmUp: number
}

/** The least that gives a figure. */
export const oneRound: Rounds = { counted: 1, warmUp: 0 }

/** The measurements, round by round. */
export interface Measured<Name extends string> {
  /** Median microseconds of CPU time of this process, all its threads, per item. */
  median(name: Name): number
  /** Median of the time of one way ÷ that of another in the same round, so that what slows both cancels out. */
  ratio(name: Name, to: Name): number
  /** The same in wall-clock time: what a caller waits who does one thing after the other. */
  readonly elapsed: Pick<Measured<Name>, 'median' | 'ratio'>
}

/**
 * Measures ways to do the same work. CPU time does not count the work of other processes. In each round, every way gets the
 * same items, one after the other. The order changes each round, because a way also pays for what the previous one, or
 * making the items, has left behind.
 */
export async function interleaved<Item, Name extends string>(
  rounds: Rounds,
  makeItems: () => readonly Item[] | Promise<readonly Item[]>,
  ways: Readonly<Record<Name, Way<Item>>>,
): Promise<Measured<Name>> {
  const names = Object.keys(ways) as Name[]
  const times = Object.fromEntries(names.map((name) => [name, [] as Time[]])) as Record<Name, Time[]>
  for (let round = 0; round < rounds.warmUp + rounds.counted; round++) {
    const items = await makeItems()
    for (const name of order(names, round)) {
      const time = await timed(items, ways[name])
      if (round >= rounds.warmUp) times[name].push(time)
    }
  }
  const by = (kind: keyof Time) => ({
    median: (name: Name) => median(times[name].map((time) => time[kind])),
    ratio: (name: Name, to: Name) =>
      median(times[name].map((time, round) => time[kind] / (times[to][round] as Time)[kind])),
  })
  return { ...by('cpu'), elapsed: by('elapsed') }
}

/** The order of a round: each name comes first equally often, and equally often after each other name. */
function order<Name>(names: readonly Name[], round: number): Name[] {
  const from = round % names.length
  const turned = [...names.slice(from), ...names.slice(0, from)]
  return Math.floor(round / names.length) % 2 === 0 ? turned : turned.reverse()
}

/** Microseconds per item. */
interface Time {
  readonly cpu: number
  readonly elapsed: number
}

async function timed<Item>(items: readonly Item[], way: Way<Item>): Promise<Time> {
  const [cpu, clock] = [process.cpuUsage(), performance.now()]
  for (const item of items) {
    const running = way(item)
    if (running !== undefined) await running
  }
  const elapsed = (performance.now() - clock) * 1000
  const { user, system } = process.cpuUsage(cpu)
  return { cpu: (user + system) / items.length, elapsed: elapsed / items.length }
}
