import { performance } from 'node:perf_hooks'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** The heap of a process. */
export interface Heap {
  /** Share of the time since it was last asked in which the event loop had work. */
  busy(): number
  /** Bytes, garbage included. */
  used(): number
  /** Removes all garbage: some thirty milliseconds. */
  collect(): void
}

/** A service that does only what it does by itself is busy for less. */
const mostBusy = 0.02
/** Bytes. Less garbage is not worth the while. */
const leastGrown = 8 << 20
/** Milliseconds between two looks. */
const interval = 2_000

/**
 * Looks whether there is nothing to do, and then removes what start, uploads or load have left on the heap: V8 waits for an
 * allocation or some ten seconds, in which an idle service would hold 40 MB for nobody. It never comes in while there is work.
 */
export function createTidying(heap: Heap): () => void {
  let kept = 0
  return () => {
    const used = heap.used()
    kept = Math.min(kept, used)
    if (heap.busy() > mostBusy || used - kept < leastGrown) return
    heap.collect()
    kept = heap.used()
  }
}

/** Keeps the heap of this process tidy while it is idle. */
export function keepHeapTidy(): void {
  setInterval(createTidying(thisHeap()), interval).unref()
}

function thisHeap(): Heap {
  setFlagsFromString('--expose-gc')
  let last = performance.eventLoopUtilization()
  return {
    busy() {
      const now = performance.eventLoopUtilization()
      const { utilization } = performance.eventLoopUtilization(now, last)
      last = now
      return utilization
    },
    used() {
      const { used_heap_size: heap, external_memory: external } = getHeapStatistics()
      return heap + external
    },
    // Contexts from before the flag lack it.
    collect: () => (runInNewContext('gc') as () => void)(),
  }
}
