import { Worker } from 'node:worker_threads'
import { longestInput } from '../mutation/mutator.ts'

/** The memory that both threads share: number of the input (0: none is running), length, bytes. */
export const watchedHeader = 8

export interface Watchdog {
  /** To be called before an input is run. */
  begin(input: Uint8Array): void
  /** To be called after it. */
  end(): void
  stop(): Promise<void>
}

export interface WatchSettings {
  readonly memory: SharedArrayBuffer
  /** Milliseconds of this process's processor time that one input may take. */
  readonly limit: number
  /** The file for an input that takes longer. */
  readonly file: string
}

/** Watches from another thread, because a parser that never returns blocks its own. Ends the process if one does. */
export function startWatchdog(limit: number, file: string): Watchdog {
  const memory = new SharedArrayBuffer(watchedHeader + longestInput)
  const header = new Int32Array(memory, 0, 2)
  const bytes = new Uint8Array(memory, watchedHeader)
  const workerData: WatchSettings = { memory, limit, file }
  const worker = new Worker(new URL('./watchdog-thread.js', import.meta.url), { workerData, execArgv: [] })
  let number = 0
  return {
    begin(input) {
      bytes.set(input)
      header[1] = input.length
      number = (number % 0x7fffffff) + 1
      Atomics.store(header, 0, number)
    },
    end: () => void Atomics.store(header, 0, 0),
    stop: async () => void (await worker.terminate()),
  }
}
