import { setTimeout as wait } from 'node:timers/promises'
import { createHearing, NothingHeard, type NodeStore } from '../operations/hearing.ts'
import type { Clock, Random } from '../system/ports.ts'
import type { createJobs } from '../system/jobs.ts'

/** Milliseconds between two checks for changes. */
const lookEvery = 500
/** Milliseconds for which a node signs with the keys that it has read. */
const leaseLasts = 2_000
/** Milliseconds after which a node that has heard nothing accepts no evidence of hardware. */
const hearingLasts = 3_000
/** Milliseconds between two heartbeats of a node. */
const noteEvery = 1_000
/**
 * Milliseconds between two searches for nodes that left without a sign: they no longer count, and their rows only get
 * in the way.
 */
const forgetEvery = 60_000

interface OtherNodesOptions {
  store: NodeStore
  /** Whether others may serve from the same database; if not, nothing can change without this node's knowing. */
  hasPeers: boolean
  onChange: () => Promise<void>
  steady: Clock
  random: Random
}

/** What this node hears of the others, and what it refrains from while it hears nothing. */
export function createOtherNodes({ store, hasPeers, onChange, steady, random }: OtherNodesOptions) {
  const name = Buffer.from(random(16)).toString('hex')
  const hearing = createHearing({ store, onChange, clock: steady })
  const check = (within: number) => {
    if (hasPeers && !hearing.hasHeard(within)) throw new NothingHeard(Math.random())
  }
  return {
    listen: hearing.listen,
    heardAt: hearing.heardAt,
    /** @throws NothingHeard where bans and registrations may have changed without this node's knowing */
    checkHearing: () => check(hearingLasts),
    /** Undefined if no other node withdraws keys. */
    lease: hasPeers
      ? {
          check: () => check(leaseLasts),
          outlast: async () => void (await wait(leaseLasts)),
        }
      : undefined,
    /** The time by which keys come and go: the same on all nodes. */
    keyClock: (own: Clock): Clock => (hasPeers ? hearing.now : own),
    nodes: () => (hasPeers ? hearing.nodes() : 1),
    begin(jobs: ReturnType<typeof createJobs>): void {
      if (hasPeers) {
        jobs.every(noteEvery, () => store.note(name), 0)
        jobs.every(forgetEvery, store.forget)
      }
      jobs.every(lookEvery, hearing.listen)
    },
    /** Gives its share of the quotas to the others. */
    leave: () => (hasPeers ? store.leave(name) : Promise.resolve()),
  }
}
