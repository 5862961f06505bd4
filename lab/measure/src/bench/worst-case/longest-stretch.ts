import { openSync, readSync } from 'node:fs'

/**
 * The longest stretch that blocked this thread's event loop, in milliseconds of the thread's own CPU time. During the
 * measurement the loop turns as often as it can: the time between two turns is that of the callbacks of one of them, so
 * that a stretch is never reported shorter than it was.
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
    // The kernel updates the figure when the thread leaves the processor.
    Atomics.wait(never, 0, 0, 0.01)
    const length = readSync(file, text, 0, text.length, 0)
    return Number(text.toString('latin1', 0, length).split(' ')[0]) / 1e6
  }
}
