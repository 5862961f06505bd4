import { ShortMalfunction } from '../faults/retryable-error.ts'
import type { Clock } from '../system/ports.ts'

/** What the nodes on one database learn about each other from it. */
export interface NodeStore {
  /**
   * How often the registrations have changed, the database's time (milliseconds since 1970), and how many nodes it has
   * seen within `within` milliseconds.
   */
  read(within: number): Promise<{ version: number; now: number; nodes: number }>
  /** Lets all nodes look, as after a change. */
  call(): Promise<void>
  /** Reports that this node is at work. */
  note(node: string): Promise<void>
  /** Removes nodes that left long ago without a sign. */
  forget(): Promise<void>
  /** Reports that this node is no longer at work. */
  leave(node: string): Promise<void>
}

/** This node does not know whether what it has read is still valid, but may know soon. */
export class ChangesUnknown extends ShortMalfunction {
  override readonly name = 'ChangesUnknown'

  /** @param chance from 0 to 1 */
  constructor(chance: number) {
    super('this node does not know what has changed', chance)
  }
}

/** Milliseconds for which a node counts as at work after its last heartbeat. */
const nodeLasts = 5_000

interface ChangeWatchOptions {
  store: Pick<NodeStore, 'read'>
  /**
   * Brings this node up to date with the registrations. Once it has resolved, what the node read before no longer
   * counts.
   */
  onChange: () => Promise<void>
  /** Milliseconds that only increase. */
  clock: Clock
  /** The time of day of this node. */
  timeOfDay: Clock
}

/**
 * Whether this node knows every change in the database: it is up to date when it has read the version, and everything
 * that had changed, as of the moment at which that reading **began**.
 */
export function createChangeWatch({ store, onChange, clock, timeOfDay }: ChangeWatchOptions) {
  let version: number | undefined
  let nodes = 1
  let upToDateAt = -Infinity
  let ahead = 0
  let offset: number | undefined
  let looking: Promise<void> | undefined

  const look = async (): Promise<void> => {
    const [began, asked] = [clock(), timeOfDay()]
    const found = await store.read(nodeLasts)
    offset = offsetOf(found.now, asked, timeOfDay())
    if (found.version !== version) {
      await onChange()
      version = found.version
    }
    nodes = Math.max(1, found.nodes)
    ahead = found.now - began
    upToDateAt = began
  }

  return {
    /** Asks the database. A caller that comes while this is under way shares its result. */
    look: (): Promise<void> => (looking ??= look().finally(() => (looking = undefined))),
    /** The moment up to which everything that changed is known; -Infinity before the first. */
    upToDateAt: (): number => upToDateAt,
    /** Whether everything that had changed `within` milliseconds ago is known. */
    isUpToDate: (within: number): boolean => clock() - upToDateAt < within,
    /** The database's time, the same on every node to within a round trip, whatever their own clocks say. */
    now: (): number => clock() + ahead,
    /** Milliseconds by which the time of day here is ahead of the database's at least; undefined: nothing was read yet. */
    clockOffset: (): number | undefined => offset,
    /** Nodes at work, this one included, as of the last look. */
    nodes: (): number => nodes,
  }
}

/** 0 where nothing shows a difference: the database looked at its clock between both. */
function offsetOf(there: number, asked: number, answered: number): number {
  if (there < asked) return asked - there
  return there > answered ? answered - there : 0
}
