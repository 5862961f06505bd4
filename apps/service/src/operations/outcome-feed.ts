import type { AttestationTrace, ListedTrace } from '@assay/protocol/schemas'
import type { Clock } from '../system/ports.ts'

/** The outcome of one attestation. */
export interface RecentOutcome extends Pick<AttestationTrace, 'trace' | 'at' | 'app' | 'build'> {
  /** `hearsay`: reported by an SDK, unsigned. */
  outcome: 'result' | AttestationTrace['outcome']
  /** Null: it passed. */
  code: string | null
}

/** What happened between two batches. */
export interface OutcomeBatch {
  /** The newest, oldest first; at most 50. Of other nodes only what was refused: nothing is written of one that passed. */
  outcomes: readonly RecentOutcome[]
  /** How many more there were. */
  left_out: number
  /** `this`: there are other nodes, whose refusals cannot be read. A node without others is all nodes. */
  nodes: 'all' | 'this'
}

/** Where other nodes write. */
export interface OtherNodes {
  /** The newest refusals of all nodes since then, newest first: a few hundred at most. Rejects if the store cannot be read. */
  refusals: (since: number) => Promise<readonly ListedTrace[]>
  clock: Clock
}

/** Outcomes of one batch. */
const mostInBatch = 50
/** Milliseconds between two batches: a flood of attestations costs its viewers no more than this. */
const batchInterval = 250
/** Milliseconds between two looks at what other nodes have written. */
export const lookEvery = 2_000
/** Milliseconds by which a refusal may be late, and the clock of its node behind; a later one is not shown elsewhere. */
const latest = 60_000
/** Refusals that are known by their traces; more than a look reads. */
const mostKnown = 10_000

export type OutcomeFeed = ReturnType<typeof createOutcomeFeed>

/**
 * Recent outcomes, for viewers. While nobody watches, an outcome costs a place in a short list.
 *
 * @param others without it there are none
 */
export function createOutcomeFeed(others?: OtherNodes) {
  const listeners = new Set<(batch: OutcomeBatch) => void>()
  const shown = createRing()
  const counts = { leftOut: 0 }
  /** Traces of the latest refusals in the list: the store has this node's, too. */
  const known = new Set<string>()
  let nodes: OutcomeBatch['nodes'] = 'all'
  /** Undefined: not all viewers were told the same. */
  let reportedNodes: OutcomeBatch['nodes'] | undefined = 'all'
  let timer: NodeJS.Timeout | undefined

  const report = () => {
    const { outcomes, left_out } = shown.take()
    counts.leftOut += left_out
    if (outcomes.length === 0 && left_out === 0 && nodes === reportedNodes) return
    reportedNodes = nodes
    for (const listener of listeners) listener({ outcomes, left_out, nodes })
  }
  const pushRefused = ({ trace, at, app, build, outcome, code }: ListedTrace | AttestationTrace): void => {
    if (others !== undefined) known.add(trace)
    if (known.size > mostKnown) known.delete(known.values().next().value as string)
    shown.push({ trace, at, app, build, outcome, code })
  }

  return {
    /** One that ended without a token. */
    refused: (trace: AttestationTrace): void => pushRefused(trace),
    /** One that ended with a token. */
    passed: (outcome: Pick<RecentOutcome, 'trace' | 'at' | 'app' | 'build'>): void =>
      shown.push({ outcome: 'result', code: null, ...outcome }),
    /** The last ones, oldest first. */
    recent: (): OutcomeBatch => ({ outcomes: shown.newest(), left_out: 0, nodes }),
    /** What viewers were not shown, since the node started. */
    counts: (): Readonly<typeof counts> => counts,
    /** Calls the listener a few times a second, while there is something to report. @returns a function that ends it */
    subscribe(listener: (batch: OutcomeBatch) => void): () => void {
      if (listeners.size === 0) {
        shown.take()
        timer = setInterval(report, batchInterval)
        timer.unref()
      }
      // It began with `recent()`: unless it is told again, it would keep what the next look changes back.
      if (nodes !== reportedNodes) reportedNodes = undefined
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) clearInterval(timer)
      }
    },
    /**
     * Reads what other nodes have refused, while somebody watches. Call it every {@link lookEvery}.
     *
     * @throws what reading does; only this node's outcomes are shown then
     */
    async look(): Promise<void> {
      if (others === undefined || listeners.size === 0) return
      try {
        const found = await others.refusals(others.clock() - latest)
        nodes = 'all'
        // Batches of their own: the first look may read hundreds, which would displace this node's outcomes.
        report()
        for (const one of [...found].reverse()) if (!known.has(one.trace)) pushRefused(one)
        report()
      } catch (error) {
        nodes = 'this'
        throw error
      }
    },
  }
}

/** The newest outcomes, and how many there were. */
function createRing() {
  const kept: RecentOutcome[] = []
  let count = 0
  let taken = 0
  const newest = (most = mostInBatch): RecentOutcome[] => {
    const from = Math.max(0, count - Math.min(most, mostInBatch))
    return Array.from({ length: count - from }, (_, i) => kept[(from + i) % mostInBatch] as RecentOutcome)
  }
  return {
    newest,
    push(outcome: RecentOutcome): void {
      kept[count % mostInBatch] = outcome
      count += 1
    },
    /** Those since the last call. */
    take(): Pick<OutcomeBatch, 'outcomes' | 'left_out'> {
      const since = count - taken
      const outcomes = newest(since)
      taken = count
      return { outcomes, left_out: since - outcomes.length }
    },
  }
}
