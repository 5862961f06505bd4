import type { SharedState } from '../ports.ts'
import type { KeyValueStore } from './indexed-db-store.ts'

const entry = 'tokens'

/**
 * What the tabs of an origin share: tokens in IndexedDB, and one exchange at a time by Web Locks, which the browser takes
 * back from a tab that it ends. Where there are no locks, tabs still share tokens, but may make an exchange each.
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
      let begun = false
      const begin = () => {
        begun = true
        return work()
      }
      try {
        return await (locks ? locks.request(name, begin) : begin())
      } catch (error) {
        // A document that may use no locks, such as one in a sandbox, goes without.
        if (begun) throw error
        return begin()
      }
    },
  }
}
