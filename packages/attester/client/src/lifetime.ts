import { AssayClientError } from './error.ts'
import type { Timers } from './ports.ts'

/** The life of one client: nothing that waits here waits longer. */
export interface Lifetime {
  end(): void
  /** @throws AssayClientError `closed` */
  check(): void
  /**
   * Takes the answer of `work`, unless the time is over before. Work that does not heed the signal is left behind.
   *
   * @throws AssayClientError `timeout`, `closed`, or whatever `work` throws
   */
  within<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** @throws AssayClientError `closed` */
  sleep(milliseconds: number, background?: 'background'): Promise<void>
}

export function createLifetime(timers: Timers): Lifetime {
  let ended = false
  const waiting = new Set<() => void>()

  function check(): void {
    if (ended) throw new AssayClientError('closed')
  }

  /** Runs `begin`, and calls what it returns once: when the time is over or the client is closed. */
  async function wait<T>(
    milliseconds: number,
    begin: (resolve: (value: T | Promise<T>) => void, reject: (error: unknown) => void) => () => void,
    background?: 'background',
  ): Promise<T> {
    check()
    let timer: unknown
    let stop = () => {}
    try {
      return await new Promise<T>((resolve, reject) => {
        const late = begin(resolve, reject)
        stop = () => {
          if (ended) reject(new AssayClientError('closed'))
          late()
        }
        waiting.add(stop)
        timer = timers.set(stop, milliseconds, background)
      })
    } finally {
      timers.clear(timer)
      waiting.delete(stop)
    }
  }

  return {
    end() {
      ended = true
      for (const stop of waiting) stop()
    },
    check,
    within: (milliseconds, work) =>
      wait(milliseconds, (resolve, reject) => {
        const controller = new AbortController()
        work(controller.signal).then(resolve, reject)
        return () => {
          reject(new AssayClientError('timeout'))
          controller.abort()
        }
      }),
    sleep: (milliseconds, background) => wait<void>(milliseconds, (resolve) => () => resolve(), background),
  }
}
