import { RetryableError, soon } from '../faults/retryable-error.ts'
import type { Clock } from '../system/ports.ts'

/** What the nodes of one database learn of each other from it. */
export interface NodeStore {
  /**
   * How often what is registered has changed, the database's time (milliseconds since 1970), and how many nodes were seen
   * by it within `within` milliseconds.
   */
  read(within: number): Promise<{ version: number; now: number; nodes: number }>
  /** Says that this node is at work. */
  note(node: string): Promise<void>
  /** Removes nodes that went long ago without a word. */
  forget(): Promise<void>
  /** This node is at work no longer. */
  leave(node: string): Promise<void>
}

/** This node does not know whether what it has read still counts: it may soon. */
export class NothingHeard extends RetryableError {
  override readonly name = 'NothingHeard'
  override readonly retryAfter: number

  /** @param chance from 0 to 1 */
  constructor(chance: number) {
    super('this node has not heard of changes')
    this.retryAfter = soon(chance)
  }
}

/** Milliseconds for which a node that has said that it is at work counts as one. */
const nodeLasts = 5_000

interface HearingOptions {
  store: Pick<NodeStore, 'read'>
  /** Brings this node to what is registered now. What it read before counts no longer once it has resolved. */
  onChange: () => Promise<void>
  /** Milliseconds, which only rise. */
  clock: Clock
}

/**
 * Whether this node knows of every change that the database has: it has heard something when it has read the version,
 * and everything that had changed. What it has heard counts from the moment at which that reading **began**.
 */
export function createHearing({ store, onChange, clock }: HearingOptions) {
  let version: number | undefined
  let nodes = 1
  let heardAt = -Infinity
  let ahead = 0
  let listening: Promise<void> | undefined

  const listen = async (): Promise<void> => {
    const began = clock()
    const found = await store.read(nodeLasts)
    if (found.version !== version) {
      await onChange()
      version = found.version
    }
    nodes = Math.max(1, found.nodes)
    ahead = found.now - began
    heardAt = began
  }

  return {
    /** Asks the database. A caller who comes while that is under way shares its result. */
    listen: (): Promise<void> => (listening ??= listen().finally(() => (listening = undefined))),
    /** The moment up to which everything that changed is known; -Infinity before the first. */
    heardAt: (): number => heardAt,
    /** Whether everything is known that had changed `within` milliseconds ago. */
    hasHeard: (within: number): boolean => clock() - heardAt < within,
    /** The database's time, the same at every node to within a round trip, whatever their own clocks say. */
    now: (): number => clock() + ahead,
    /** Nodes at work, this one included, as far as it has heard. */
    nodes: (): number => nodes,
  }
}
