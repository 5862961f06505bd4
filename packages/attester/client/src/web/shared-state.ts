import type { SharedState } from '../runtime/ports.ts'
import { grants } from './key-store.ts'
import type { KeyValueStore } from './indexed-db-store.ts'

/**
 * What the tabs of an origin share: tokens in IndexedDB, and one exchange at a time by Web Locks, which the browser
 * releases when it ends a tab. Without locks, tabs still share tokens, but each may make its own exchange.
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
      // A document that may not use locks, such as a sandboxed one, goes without.
      await locks?.request(name, begin).catch(() => undefined)
      return begin()
    },
  }
}
