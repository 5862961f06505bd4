/** Values by key, kept by the browser for this origin. Values are structured clones: a `CryptoKey` stays sealed. */
export interface KeyValueStore {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<void>
}

const table = 'values'

/** A {@link KeyValueStore} in the IndexedDB database `name`, opened at first use and again after a failure. */
export function indexedDbStore(name: string, factory: IDBFactory): KeyValueStore {
  let opening: Promise<IDBDatabase> | undefined

  function open(): Promise<IDBDatabase> {
    return new Promise((resolve, reject: (error: Error) => void) => {
      const request = factory.open(name, 1)
      request.onupgradeneeded = () => request.result.createObjectStore(table)
      request.onerror = () => reject(request.error as Error)
      request.onsuccess = () => {
        // Whoever deletes the database is not kept waiting.
        request.result.onversionchange = () => request.result.close()
        resolve(request.result)
      }
    })
  }

  async function run<T>(
    mode: IDBTransactionMode,
    work: (values: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    try {
      const database = await (opening ??= open())
      return await new Promise((resolve, reject: (error: Error) => void) => {
        const transaction = database.transaction(table, mode)
        const request = work(transaction.objectStore(table))
        transaction.oncomplete = () => resolve(request.result)
        transaction.onabort = () => reject(transaction.error as Error)
      })
    } catch (error) {
      opening = undefined
      throw error
    }
  }

  return {
    get: (key) => run('readonly', (values) => values.get(key)),
    async set(key, value) {
      await run('readwrite', (values) => values.put(value, key))
    },
  }
}
