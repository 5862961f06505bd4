import { expect, it } from 'vitest'
import { indexedDbStore } from '../../src/web/indexed-db-store.ts'

/** IndexedDB as far as the store uses it, with connections that can be lost. */
function fakeIndexedDb() {
  const values = new Map<string, unknown>()
  const state = { opened: 0, isLost: false, isBroken: false }
  const soon = <T extends object>(source: T, event: string): T => {
    queueMicrotask(() => (source as Record<string, (event: object) => void>)[event]?.({ target: source }))
    return source
  }
  function connection() {
    return {
      transaction() {
        if (state.isLost || state.isBroken) throw new DOMException('closed', 'InvalidStateError')
        const objectStore = () => ({
          get: (key: string) => ({ result: values.get(key) }),
          put: (value: unknown, key: string) => ({ result: values.set(key, value) }),
        })
        return soon({ objectStore }, 'oncomplete')
      },
    }
  }
  const factory = {
    open() {
      state.opened++
      state.isLost = false
      return soon({ result: connection() }, 'onsuccess')
    },
  }
  return { state, store: indexedDbStore('assay/test', factory as unknown as IDBFactory) }
}

it('opens a connection that was lost once more, and nobody learns of it', async () => {
  const { state, store } = fakeIndexedDb()
  await store.set('key', 'value')
  expect(await store.get('key')).toBe('value')
  expect(state.opened).toBe(1)
  state.isLost = true
  expect(await store.get('key')).toBe('value')
  expect(state.opened).toBe(2)
})

it('tells of what opening it again does not mend, and tries again at the next use', async () => {
  const { state, store } = fakeIndexedDb()
  await store.set('key', 'value')
  state.isBroken = true
  await expect(store.get('key')).rejects.toThrow('closed')
  expect(state.opened).toBe(2)
  state.isBroken = false
  expect(await store.get('key')).toBe('value')
})
