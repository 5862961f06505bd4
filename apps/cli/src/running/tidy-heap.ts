import { performance } from 'node:perf_hooks'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** The heap of a process. */
export interface Heap {
  /** Share of the time since the last call in which the event loop had work. */
  busy(): number
  /** Bytes, garbage included. */
  used(): number
  /** Removes all garbage: some thirty milliseconds. */
  collect(): void
}

/** A service with only its background work is busy for less. */
const mostBusy = 0.02
/** Bytes. Less garbage is not worth the effort. */
const leastGrown = 8 << 20
/** Milliseconds between two checks. */
const interval = 2_000

/**
 * If the process is idle, removes what startup, uploads or load have left on the heap: V8 waits for an allocation or
 * some ten seconds, during which an idle service would hold 40 MB for nothing. It never runs while there is work.
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
    // Contexts created before the flag was set lack it.
    collect: () => (runInNewContext('gc') as () => void)(),
  }
}
