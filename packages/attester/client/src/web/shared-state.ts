import type { SharedState } from '../ports.ts'
import type { KeyValueStore } from './indexed-db-store.ts'

const entry = 'tokens'
/** A tab that the browser has frozen may hold the lock; better two exchanges then than none. */
const longestWait = 15_000

/**
 * What the tabs of an origin share: tokens in IndexedDB, and one exchange at a time by Web Locks. Without locks (pages
 * not served over https) tabs still share tokens, but may make an exchange each.
 */
export function webSharedState(
  name: string,
  store: KeyValueStore,
  locks: LockManager | undefined,
): SharedState {
  return {
    load: () => store.get(entry),
    save: (state) => store.set(entry, state),
    async exclusively(work) {
      if (locks === undefined) return work()
      const waiting = new AbortController()
      const timer = setTimeout(() => waiting.abort(), longestWait)
      let begun = false
      const begin = () => {
        begun = true
        clearTimeout(timer)
        return work()
      }
      try {
        return (await locks.request<unknown>(name, { signal: waiting.signal }, begin)) as Awaited<
          ReturnType<typeof begin>
        >
      } catch (error) {
        if (begun) throw error
        return begin()
      }
    },
  }
}
