import type { AttestationTrace } from '@assay/protocol/schemas'

/** The outcome of one attestation. */
export interface RecentOutcome extends Pick<AttestationTrace, 'trace' | 'at' | 'app' | 'build'> {
  /** `hearsay`: reported by an SDK, unsigned. */
  outcome: 'result' | AttestationTrace['outcome']
  /** Null: it passed. */
  code: string | null
}

/** What happened between two batches. */
export interface OutcomeBatch {
  /** The newest, oldest first; at most 50. */
  outcomes: readonly RecentOutcome[]
  /** How many more there were. */
  left_out: number
  /** `this`: there are other nodes, which cannot be heard. A node without others is all nodes. */
  nodes: 'all' | 'this'
  /** Batches in the name of other nodes that no node has made, or that had come before: none of them is shown. */
  refused: number
}

/** Why a batch of another node is not shown. */
export type BatchRefusal = 'oversize' | 'not_authentic' | 'repeated'

/** Outcomes of one node that nodes have not been given yet. */
export interface OwnOutcomes extends Pick<OutcomeBatch, 'outcomes' | 'left_out'> {
  /** How many there were since the node started: whoever misses some learns how many. */
  total: number
}

/** What the exchange has brought: batches of all nodes, this one included. */
export interface HeardOutcomes {
  /** Whether somebody watches at any node. */
  isWatched: boolean
  batches: readonly Pick<OutcomeBatch, 'outcomes' | 'left_out'>[]
  refused: readonly BatchRefusal[]
}

/** Passes this node's outcomes on if anybody watches, and brings all nodes' if somebody watches here. Rejects if it cannot. */
export type ExchangeOutcomes = (own: OwnOutcomes, watchesHere: boolean) => Promise<HeardOutcomes>

/** Outcomes of one batch. */
const mostInBatch = 50
/** Milliseconds between two batches: a flood of attestations costs its viewers no more than this. */
export const batchInterval = 250
/** Of so many occasions a node that nobody watches uses one to learn whether somebody does. */
const idlePeriod = 4

export type OutcomeFeed = ReturnType<typeof createOutcomeFeed>

/**
 * Recent outcomes, for viewers. While nobody watches, an outcome costs a place in a short list.
 *
 * @param exchange with other nodes; without it there are none
 */
export function createOutcomeFeed(exchange?: ExchangeOutcomes) {
  const listeners = new Set<(batch: OutcomeBatch) => void>()
  const own = createRing()
  const shown = exchange === undefined ? own : createRing()
  const counts = { leftOut: 0, refused: { oversize: 0, not_authentic: 0, repeated: 0 } }
  let nodes: OutcomeBatch['nodes'] = 'all'
  /** Undefined: not all viewers were told the same. */
  let reportedNodes: OutcomeBatch['nodes'] | undefined = 'all'
  let refused = 0
  let isWatched = false
  let occasions = 0
  let timer: NodeJS.Timeout | undefined

  const report = () => {
    const { outcomes, left_out } = shown.take()
    counts.leftOut += left_out
    if (outcomes.length === 0 && left_out === 0 && refused === 0 && nodes === reportedNodes) return
    const batch: OutcomeBatch = { outcomes, left_out, nodes, refused }
    reportedNodes = nodes
    refused = 0
    for (const listener of listeners) listener(batch)
  }

  return {
    /** One that ended without a token. */
    refused: ({ trace, at, app, build, outcome, code }: AttestationTrace): void =>
      own.push({ trace, at, app, build, outcome, code }),
    /** One that ended with a token. */
    passed: (outcome: Pick<RecentOutcome, 'trace' | 'at' | 'app' | 'build'>): void =>
      own.push({ outcome: 'result', code: null, ...outcome }),
    /** The last ones, oldest first. */
    recent: (): OutcomeBatch => ({ outcomes: shown.newest(), left_out: 0, nodes, refused: 0 }),
    /** What viewers were not shown, since the node started. */
    counts: (): Readonly<typeof counts> => counts,
    /** Calls the listener a few times a second, while there is something to report. @returns a function that ends it */
    subscribe(listener: (batch: OutcomeBatch) => void): () => void {
      if (listeners.size === 0) {
        shown.take()
        timer = setInterval(report, batchInterval)
        timer.unref()
      }
      // It began with `recent()`: unless it is told again, it would keep what the next exchange changes back.
      if (nodes !== reportedNodes) reportedNodes = undefined
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) clearInterval(timer)
      }
    },
    /** Call it every {@link batchInterval}. @throws what the exchange does; this node's outcomes are shown then */
    async exchange(): Promise<void> {
      const watchesHere = listeners.size > 0
      if (exchange === undefined || (!watchesHere && !isWatched && occasions++ % idlePeriod !== 0)) return
      const taken = own.take()
      try {
        const heard = await exchange(taken, watchesHere)
        isWatched = heard.isWatched
        nodes = 'all'
        // Without a viewer here, the exchange brings nothing: the next one begins with this node's.
        shown.add(watchesHere ? heard.batches : [taken])
        refused += heard.refused.length
        for (const reason of heard.refused) counts.refused[reason] += 1
      } catch (error) {
        nodes = 'this'
        shown.add([taken])
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
  let skipped = 0
  const newest = (most = mostInBatch): RecentOutcome[] => {
    const from = Math.max(0, count - Math.min(most, mostInBatch))
    return Array.from({ length: count - from }, (_, i) => kept[(from + i) % mostInBatch] as RecentOutcome)
  }
  const push = (outcome: RecentOutcome): void => {
    kept[count % mostInBatch] = outcome
    count += 1
  }
  return {
    newest,
    push,
    /** In the order of their times. */
    add(batches: readonly Pick<OutcomeBatch, 'outcomes' | 'left_out'>[]): void {
      const outcomes = batches.flatMap((batch) => batch.outcomes)
      for (const outcome of outcomes.sort((one, other) => compareTexts(one.at, other.at))) push(outcome)
      for (const { left_out } of batches) skipped += left_out
    },
    /** Those since the last call. */
    take(): OwnOutcomes {
      const since = count - taken
      const outcomes = newest(since)
      const batch = { outcomes, left_out: since - outcomes.length + skipped, total: count }
      taken = count
      skipped = 0
      return batch
    },
  }
}

const compareTexts = (one: string, other: string): number => (one < other ? -1 : Number(one > other))
