import { setImmediate as othersFirst } from 'node:timers/promises'
import type { Clock } from '../../system/ports.ts'
import {
  dimensions,
  latencyBounds,
  spans,
  type Dimension,
  type FleetStore,
  type MinuteCount,
  type MinuteLatency,
} from './ports.ts'

/**
 * Kinds of events that are counted separately within a flush; others count only for the app, and beyond twice as many
 * for none.
 */
const mostKinds = 500

/** The share for kinds that anybody can report without a proof: they must not displace what was seen. */
const mostReported = mostKinds / 5

/**
 * Counts that are written at once, all or none. Others get their turn before the next batch, since SQLite works on the
 * calling thread.
 */
const kindsPerWrite = 100

/** An exchange as it is counted: a text for each dimension, and milliseconds where it was an attestation. */
export type Counted = Record<Exclude<Dimension, OfImage>, string> &
  Partial<Record<OfImage, string>> & { milliseconds?: number | undefined }

/** Dimensions of an image of a build: what never got so far is counted without them. */
type OfImage = 'abi' | 'variant'

export type FleetCounts = ReturnType<typeof createFleetCounts>

/**
 * Counts events in memory, and writes the counts each minute: no attestation waits for it, or leaves a row. A process
 * that is killed loses what it has counted since the last flush, a minute at most.
 */
export function createFleetCounts(store: Pick<FleetStore, 'add'>, clock: Clock) {
  let counts = new Map<string, MinuteCount>()
  let latencies = new Map<string, MinuteLatency>()
  let reported = 0
  let writing: Promise<void> = Promise.resolve()

  const add = (entry: MinuteCount): void => {
    const name = keyOf(entry)
    const known = counts.get(name)
    const isReported = entry.outcome === 'reported' || entry.outcome === 'unproven'
    const hasPlace = counts.size < mostKinds && !(isReported && reported >= mostReported)
    if (known !== undefined) known.count += entry.count
    else if (hasPlace || entry.build === none) {
      counts.set(name, entry)
      if (isReported) reported++
    } else add({ ...entry, ...unnamed, app: counts.size < 2 * mostKinds ? entry.app : none })
  }
  const addLatency = (entry: MinuteLatency): void => {
    const name = `${entry.minute}\n${entry.app}\n${entry.outcome}\n${entry.atMost}`
    const known = latencies.get(name)
    if (known !== undefined) known.count += entry.count
    else if (latencies.size < mostKinds || entry.app === none) latencies.set(name, entry)
    else addLatency({ ...entry, app: none })
  }

  const write = async (): Promise<void> => {
    const [batch, times] = [[...counts.values()], [...latencies.values()]]
    counts = new Map()
    latencies = new Map()
    reported = 0
    try {
      while (batch.length + times.length > 0) {
        await store.add(batch.slice(0, kindsPerWrite), times.slice(0, kindsPerWrite))
        batch.splice(0, kindsPerWrite)
        times.splice(0, kindsPerWrite)
        await othersFirst()
      }
    } catch (error) {
      // What could not be written is written with the next batch.
      for (const entry of batch) add(entry)
      for (const entry of times) addLatency(entry)
      throw error
    }
  }

  return {
    count({ milliseconds, ...of }: Counted): void {
      const now = clock()
      const minute = now - (now % spans.minute)
      add({ minute, count: 1, abi: none, variant: none, ...of })
      if (milliseconds === undefined) return
      const atMost = latencyBounds.find((bound) => milliseconds <= bound) ?? null
      addLatency({ minute, app: of.app, outcome: of.outcome, atMost, count: 1 })
    },
    /** Writes the counts so far. */
    flush(): Promise<void> {
      writing = writing.catch(() => undefined).then(write)
      return writing
    },
  }
}

/** Stands for events that are not counted separately. */
const none = ''
const unnamed = {
  ...{ build: none, tier: none, code: none, evidence: none, policy: none },
  ...{ abi: none, variant: none },
}

function keyOf(entry: MinuteCount): string {
  return [entry.minute, ...dimensions.map((name) => entry[name])].join('\n')
}
