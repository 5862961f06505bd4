import { readTraceId } from '@assay/protocol'
import type { AttestationTrace } from '@assay/protocol/schemas'
import type { RecordedTrace } from '../system/recorded-trace.ts'
import { pageOf, type Page } from '../system/page.ts'
import type { TraceFilter } from './fleet/ports.ts'
import { traceCursor, type TraceStore } from './ports.ts'

const capacity = 5_000

export type TraceBuffer = ReturnType<typeof createTraceBuffer>

/**
 * Collects refusals and malfunctions, so that a flood of them writes one batch at a time. When the buffer is full,
 * further ones are counted and dropped: a flood must not fill memory, and its traces say nothing new.
 */
export function createTraceBuffer(traces: Pick<TraceStore, 'insert' | 'find' | 'list'>) {
  let waiting: RecordedTrace[] = []
  let writing: Promise<void> = Promise.resolve()
  let dropped = 0

  const flush = (): Promise<void> => {
    writing = writing
      .catch(() => undefined)
      .then(async () => {
        // A copy: more may come while it is being written.
        const batch = waiting.slice()
        if (batch.length === 0) return
        await traces.insert(batch)
        waiting = waiting.slice(batch.length)
      })
    return writing
  }

  return {
    record(trace: RecordedTrace): void {
      if (waiting.length < capacity) waiting.push(trace)
      else dropped += 1
    },
    /** Writes what is pending; what could not be written stays. */
    flush,
    /** By its id as a person writes it. Includes what is not written yet. */
    async find(text: string): Promise<AttestationTrace | undefined> {
      const trace = readTraceId(text)
      if (trace === undefined) return undefined
      const found = waiting.find((one) => one.trace === trace)
      if (found === undefined) return traces.find(trace)
      const { names: _, reference: __, ...shown } = found
      return shown
    },
    /** The newest first; includes what is not written yet. */
    async list(filter: TraceFilter, page: Page) {
      await flush()
      return pageOf('attestations', page, (requested) => traces.list(filter, requested), traceCursor)
    },
    /** How many were dropped since the last call. */
    takeDropped(): number {
      const count = dropped
      dropped = 0
      return count
    },
  }
}
