import type { Clock } from '../../system/ports.ts'

const hour = 3_600_000

/** An act that a key may not do. */
export interface RefusedAct {
  readonly key: string
  readonly name: string
  readonly scope: string
  /** Method and path pattern of the endpoint. */
  readonly act: string
}

/** Such acts, for the audit log. */
export interface RefusedTimes extends RefusedAct {
  readonly times: number
  /** Milliseconds since 1970: of the first and the last of them. */
  readonly since: number
  readonly until: number
}

interface Counted {
  readonly act: RefusedAct
  readonly hour: number
  /** Those that no entry counts yet. */
  times: number
  since: number
  until: number
}

interface RefusedActsOptions {
  /** Adds an entry to the audit log. */
  record: (refused: RefusedTimes) => Promise<void>
  clock: Clock
  onMalfunction: (error: unknown) => void
}

export type RefusedActs = ReturnType<typeof createRefusedActs>

/**
 * Counts what keys may not do, for the audit log, which somebody with a small key must not be able to fill: of each key, act
 * and hour the first is recorded at once, and the others as one sum when the hour or the process ends. What could not be
 * written is part of the next sum.
 */
export function createRefusedActs({ record, clock, onMalfunction }: RefusedActsOptions) {
  const counted = new Map<string, Counted>()

  /** What no entry counts yet; from now on one does. */
  const take = (of: Counted): Pick<RefusedTimes, 'times' | 'since' | 'until'> => {
    const { times, since, until } = of
    of.times = 0
    return { times, since, until }
  }
  const write = async (of: Counted, { times, since, until } = take(of)): Promise<void> => {
    const { act } = of
    if (times === 0) return
    try {
      await record({ ...act, times, since, until })
    } catch (error) {
      of.times += times
      of.since = since
      onMalfunction(error)
    }
  }
  const writeBefore = async (end: number): Promise<void> => {
    for (const [id, of] of counted) {
      if (of.hour >= end) continue
      await write(of)
      if (of.times === 0) counted.delete(id)
    }
  }
  const currentHour = () => Math.floor(clock() / hour)

  return {
    async refuse(act: RefusedAct): Promise<void> {
      const now = clock()
      const id = JSON.stringify([act.key, act.act, currentHour()])
      const known = counted.get(id)
      if (known !== undefined) {
        if (known.times === 0) known.since = now
        known.times += 1
        known.until = now
        return
      }
      const first: Counted = { act, hour: currentHour(), times: 1, since: now, until: now }
      counted.set(id, first)
      const one = take(first)
      await writeBefore(first.hour)
      await write(first, one)
    },
    /** Writes the sums of the hours that have ended. */
    flush: (): Promise<void> => writeBefore(currentHour()),
    /** Writes all of them. */
    close: (): Promise<void> => writeBefore(Infinity),
  }
}
