import type { KeyValueStore } from '../../src/web/indexed-db-store.ts'

/** A store in memory that several clients can share, and that can be broken. */
export interface FakeStore extends KeyValueStore {
  values: Map<string, unknown>
  broken: boolean
}

export function fakeStore(): FakeStore {
  const store: FakeStore = {
    values: new Map(),
    broken: false,
    get: (key) => later(() => store.values.get(key)),
    set: (key, value) => later(() => void store.values.set(key, value)),
  }

  async function later<T>(act: () => T): Promise<T> {
    await Promise.resolve()
    if (store.broken) throw new Error('the store is broken')
    return act()
  }

  return store
}

/** Web Locks of one origin, as far as the SDK uses them. */
export function fakeLocks(): LockManager & { held: boolean } {
  const queue: (() => void)[] = []
  const locks = {
    held: false,
    async request(_name: string, work: () => Promise<unknown>) {
      if (locks.held) await new Promise<void>((resolve) => queue.push(resolve))
      locks.held = true
      try {
        return await work()
      } finally {
        locks.held = queue.length > 0
        queue.shift()?.()
      }
    },
  }
  return locks as unknown as LockManager & { held: boolean }
}
