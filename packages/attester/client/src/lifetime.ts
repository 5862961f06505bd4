import { AssayClientError } from './error.ts'
import type { Timers } from './ports.ts'

/** The life of one client: nothing that waits here waits longer. */
export interface Lifetime {
  readonly ended: boolean
  end(): void
  /** @throws AssayClientError `closed` */
  check(): void
  /** @throws AssayClientError `closed` */
  sleep(milliseconds: number, background?: 'background'): Promise<void>
  /**
   * Takes the answer of `work`, unless the time is over before. Work that does not heed the signal is left behind.
   *
   * @throws AssayClientError `timeout`, `closed`, or whatever `work` throws
   */
  within<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T>
}

export function createLifetime(timers: Timers): Lifetime {
  let ended = false
  const onEnd = new Set<() => void>()

  function check(): void {
    if (ended) throw new AssayClientError('closed')
  }

  return {
    get ended() {
      return ended
    },
    end() {
      ended = true
      for (const close of [...onEnd]) close()
    },
    check,
    async sleep(milliseconds, background) {
      check()
      await new Promise<void>((resolve, reject) => {
        const done = () => {
          timers.clear(timer)
          onEnd.delete(close)
          resolve()
        }
        const close = () => {
          reject(new AssayClientError('closed'))
          done()
        }
        const timer = timers.set(done, milliseconds, background)
        onEnd.add(close)
      })
    },
    async within(milliseconds, work) {
      check()
      const controller = new AbortController()
      let finish = () => {}
      const stopped = new Promise<never>((_, reject) => {
        const stop = (code: 'timeout' | 'closed') => {
          reject(new AssayClientError(code))
          controller.abort()
        }
        const close = () => stop('closed')
        const timer = timers.set(() => stop('timeout'), milliseconds)
        onEnd.add(close)
        finish = () => {
          timers.clear(timer)
          onEnd.delete(close)
        }
      })
      try {
        return await Promise.race([work(controller.signal), stopped])
      } finally {
        finish()
      }
    },
  }
}
