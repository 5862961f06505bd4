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
}

/** Outcomes of one batch. */
const mostInBatch = 50
/** Milliseconds between two batches: a flood of attestations costs its viewers no more than this. */
const interval = 250

export type OutcomeFeed = ReturnType<typeof createOutcomeFeed>

/** The recent outcomes of this node, for viewers. While nobody watches, an outcome costs a place in a short list. */
export function createOutcomeFeed() {
  const listeners = new Set<(batch: OutcomeBatch) => void>()
  /** A ring. */
  const recent: RecentOutcome[] = []
  let published = 0
  let reported = 0
  let timer: NodeJS.Timeout | undefined

  const newest = (count: number): RecentOutcome[] => {
    const from = Math.max(0, published - Math.min(count, mostInBatch))
    return Array.from(
      { length: published - from },
      (_, i) => recent[(from + i) % mostInBatch] as RecentOutcome,
    )
  }
  const report = () => {
    const count = published - reported
    if (count === 0) return
    reported = published
    const outcomes = newest(count)
    const batch: OutcomeBatch = { outcomes, left_out: count - outcomes.length }
    for (const listener of listeners) listener(batch)
  }

  const publish = (outcome: RecentOutcome) => {
    recent[published % mostInBatch] = outcome
    published += 1
  }

  return {
    /** One that ended without a token. */
    refused: ({ trace, at, app, build, outcome, code }: AttestationTrace): void =>
      publish({ trace, at, app, build, outcome, code }),
    /** One that ended with a token. */
    passed: (outcome: Pick<RecentOutcome, 'trace' | 'at' | 'app' | 'build'>): void =>
      publish({ outcome: 'result', code: null, ...outcome }),
    /** The last ones, oldest first. */
    recent: (): OutcomeBatch => ({ outcomes: newest(mostInBatch), left_out: 0 }),
    /** Calls the listener a few times a second, while there is something to report. @returns a function that ends it */
    subscribe(listener: (batch: OutcomeBatch) => void): () => void {
      if (listeners.size === 0) {
        reported = published
        timer = setInterval(report, interval)
        timer.unref()
      }
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) clearInterval(timer)
      }
    },
  }
}
