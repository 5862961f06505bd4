import { openSync, readSync } from 'node:fs'

/**
 * The longest stretch for which this thread's event loop did not come round, in milliseconds of the thread's own CPU time.
 * While it watches, the loop comes round as often as it can: what lies between two rounds is what callbacks of one of them
 * took, so that a stretch is never reported shorter than it was.
 */
export interface StretchWatch {
  start(): void
  /** Milliseconds since `start`. */
  stop(): number
}

/** Linux only. */
export function watchStretches(): StretchWatch {
  const cpu = threadCpu()
  let longest = 0
  let last = 0
  let round: NodeJS.Immediate | undefined
  const look = () => {
    const now = cpu()
    longest = Math.max(longest, now - last)
    last = cpu()
    round = setImmediate(look)
  }
  return {
    start() {
      longest = 0
      last = cpu()
      round = setImmediate(look)
    },
    stop() {
      longest = Math.max(longest, cpu() - last)
      clearImmediate(round)
      return longest
    },
  }
}

/** Milliseconds of CPU that this thread has had. */
function threadCpu(): () => number {
  const file = openSync('/proc/thread-self/schedstat', 'r')
  const text = Buffer.alloc(96)
  const never = new Int32Array(new SharedArrayBuffer(4))
  return () => {
    // The kernel brings the figure up to date when the thread leaves the processor.
    Atomics.wait(never, 0, 0, 0.01)
    const length = readSync(file, text, 0, text.length, 0)
    return Number(text.toString('latin1', 0, length).split(' ')[0]) / 1e6
  }
}
