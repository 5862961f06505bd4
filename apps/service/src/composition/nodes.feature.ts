import { setTimeout as wait } from 'node:timers/promises'
import type { CheckedConfig } from '../config/service.config.ts'
import { createChangeWatch, ChangesUnknown } from '../operations/change-watch.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Clock } from '../system/ports.ts'
import type { Changes } from './changes.ts'
import type { Feature, Job } from './feature.ts'

/** Milliseconds between two checks for changes. */
const lookEvery = 500
/** Milliseconds for which a node signs with the keys that it has read. */
const leaseLasts = 2_000
/** Milliseconds after which a node that is not up to date accepts no evidence of hardware. */
const upToDateLasts = 3_000
/** Milliseconds between two heartbeats of a node. */
const recordEvery = 1_000
/**
 * Milliseconds between two searches for nodes that left without a sign: they no longer count, and their rows only get
 * in the way.
 */
const forgetEvery = 60_000

interface NodesParts {
  storage: Pick<Storage, 'nodes' | 'database' | 'isInDoubt'>
  /** Whether others may serve from the same database; if not, nothing can change without this node's knowing. */
  hasPeers: boolean
  changes: Pick<Changes, 'publish'>
  config: Pick<CheckedConfig, 'clock' | 'steady' | 'random'>
  onMalfunction: (error: unknown) => void
}

export type Nodes = ReturnType<typeof composeNodes>['handlers']

/** What this node learns of the others, and what it refrains from while it learns nothing. */
export function composeNodes({ config, storage, hasPeers, changes, onMalfunction }: NodesParts) {
  const { nodes: store, database } = storage
  // Nobody else writes to SQLite.
  const isAlone = database.kind === 'sqlite'
  const name = Buffer.from(config.random(16)).toString('hex')
  const watch = createChangeWatch({
    store,
    // A node alone has forgotten what it changed, unless it does not know that the change was committed.
    onChange: async () => changes.publish({ isOwn: !hasPeers && !(await storage.isInDoubt()) }),
    clock: config.steady,
    timeOfDay: config.clock,
  })
  const check = (within: number) => {
    if (hasPeers && !watch.isUpToDate(within)) throw new ChangesUnknown(Math.random())
  }
  const watching: Job[] = isAlone ? [] : [{ every: lookEvery, work: watch.look }]
  const beating: Job[] = [
    { every: recordEvery, first: 0, work: () => store.note(name) },
    { every: forgetEvery, work: store.forget },
  ]
  return {
    handlers: {
      look: watch.look,
      /** Milliseconds by which this node's clock is ahead of the database's; undefined: it is the same clock. */
      clockOffset: isAlone ? () => undefined : watch.clockOffset,
      /** The moment up to which every change is known, by the steady clock. */
      upToDateAt: isAlone ? () => Infinity : watch.upToDateAt,
      /** @throws ChangesUnknown where bans and registrations may have changed without this node's knowing */
      checkUpToDate: () => check(upToDateLasts),
      /** Undefined if no other node withdraws keys. */
      lease: hasPeers
        ? {
            check: () => check(leaseLasts),
            outlast: async () => void (await wait(leaseLasts)),
          }
        : undefined,
      /** Resolves when the others have written what they held, unless they are cut off: each does so when it looks. */
      async othersWrite(): Promise<void> {
        if (!hasPeers || isAlone) return
        await store.call()
        await wait(leaseLasts)
      },
      /** The time by which keys come and go: the same on all nodes. */
      keyClock: (own: Clock): Clock => (hasPeers ? watch.now : own),
      /** Nodes that share the quotas. */
      count: () => (hasPeers ? watch.nodes() : 1),
    },
    jobs: [...watching, ...(hasPeers && !isAlone ? beating : [])],
    begin() {
      if (!isAlone) database.onChange(() => void watch.look().catch(() => undefined))
    },
    /** Gives its share of the quotas to the others. */
    close: async () => (hasPeers ? store.leave(name).catch(onMalfunction) : undefined),
  } satisfies Feature
}
