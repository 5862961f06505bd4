import type { SharedState } from '../ports.ts'
import { grants } from './key-store.ts'
import type { KeyValueStore } from './indexed-db-store.ts'

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
    load: () => store.get(grants),
    save: (state) => store.set(grants, state),
    async exclusively<T>(work: () => Promise<T>) {
      let begun: Promise<T> | undefined
      const begin = () => (begun ??= work())
      // A document that may use no locks, such as one in a sandbox, goes without.
      await locks?.request(name, begin).catch(() => undefined)
      return begin()
    },
  }
}
