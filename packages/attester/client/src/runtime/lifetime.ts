import { AssayClientError } from '../errors/error.ts'
import type { Timers } from './ports.ts'

/** The lifetime of one client: nothing that waits here outlasts it. */
export interface Lifetime {
  end(): void
  /** @throws AssayClientError `closed` */
  check(): void
  /**
   * Returns the answer of `work`, unless the time is over first; `Infinity` ends with the client only. Work that ignores
   * the signal is abandoned.
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

  /** Waits for the answer of `work`, or just until the time is over. */
  async function wait<T>(
    milliseconds: number,
    work?: (signal: AbortSignal) => Promise<T>,
    background?: 'background',
  ): Promise<T | undefined> {
    check()
    const controller = new AbortController()
    let timer: unknown
    let stop = () => {}
    try {
      return await new Promise<T | undefined>((resolve, reject) => {
        stop = () => {
          if (ended || work) reject(new AssayClientError(ended ? 'closed' : 'timeout'))
          resolve(undefined)
          controller.abort()
        }
        waiting.add(stop)
        if (milliseconds < Infinity) timer = timers.set(stop, milliseconds, background)
        work?.(controller.signal).then(resolve, reject)
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
    within: wait as Lifetime['within'],
    sleep: (milliseconds, background) => wait<void>(milliseconds, undefined, background),
  }
}
