import { setTimeout as wait } from 'node:timers/promises'
import type { Fault, Length } from '../../fault/fault.ts'
import type { Stage } from '../../stage/stage.ts'
import { createTally, type Tally } from '../../stage/tally.ts'
import { longestAnswer } from '../single/database.ts'
import { startClients } from './clients.ts'
import { recovery, tryAgain, useSome, type Used } from './used.ts'

/** What happens to a cluster, and how it ends. */
export interface Events {
  /** @returns the challenges that were used since it began, which must not be accepted again either */
  disturb(): Promise<readonly Used[] | void> | void
  restore(): Promise<unknown> | void
  /** Checks expectations during the fault. */
  meanwhile?(tally: Tally): Promise<void>
  /** Checks expectations after the recovery. */
  afterwards?(tally: Tally): Promise<void>
  /** Disables the check that the row tests: then something must be accepted twice. */
  weaken?(): Promise<void>
  close?(): Promise<void>
}

interface Disturbance {
  readonly name: string
  readonly what: string
  /** Milliseconds. */
  readonly lasts?: Readonly<Record<Length, number>>
  readonly lacks?: Fault['lacks']
  /** Prepares the fault around running nodes. */
  prepare(stage: Stage): Promise<Events> | Events
}

const rounds: Record<Length, number> = { short: 1, long: 3 }

const shortly = { short: 1_500, long: 1_500 }

/** The most megabytes by which a node may grow from the first round to the last. */
const growth = 32

/** Checks that no used challenge is accepted again, that acknowledged changes stay, and that everybody is served again. */
export function disturbed({ name, what, lasts = shortly, lacks, prepare }: Disturbance): Fault {
  return {
    name: `cluster.${name}`,
    what,
    stores: ['cluster'],
    ...(lacks === undefined ? {} : { lacks }),
    async run(stage, length) {
      const tally = createTally()
      const events = await prepare(stage)
      const { disturb, restore, meanwhile, afterwards, weaken } = events
      const happen = async (counted: Tally, look?: Events['meanwhile']) => {
        const used = await useSome(stage, 20)
        used.push(...((await disturb()) ?? []))
        await Promise.all([wait(lasts[length]), look?.(counted)])
        await restore()
        counted.recovered(await recovery(stage))
        await tryAgain(stage, used, counted)
      }
      const sizes: number[] = []
      try {
        for (let round = 0; round < rounds[length]; round += 1) {
          const clients = await startClients(stage)
          await happen(tally, meanwhile)
          await clients.stop()
          await clients.look(tally)
          await afterwards?.(tally)
          tally.want(!('500' in clients.counts), 'a fault of a store is 503, and not 500')
          tally.want(clients.longest() < longestAnswer, 'nobody waits longer than five seconds for a store')
          tally.fact('answers meanwhile', JSON.stringify(clients.counts))
          sizes.push(Math.round(stage.node.resident()))
        }
        if (weaken !== undefined) {
          await weaken()
          // The nodes notice it within half a second.
          await wait(1_500)
          const control = createTally()
          await happen(control)
          tally.fact('accepted twice without the check', control.doubleAcceptances)
          tally.want(control.doubleAcceptances > 0, 'without the check something is accepted twice')
        }
      } finally {
        await events.close?.()
      }
      const [first = 0, last = 0] = [sizes[0], sizes.at(-1)]
      tally.fact('resident MB', rounds[length] === 1 ? last : `${first} at first, ${last} at last`)
      tally.want(last - first <= growth, `a node does not grow by more than ${growth} MB`)
      return tally.outcome()
    },
  }
}
