/** Values by key, kept by the browser for this origin. Values are structured clones: a `CryptoKey` stays sealed. */
export interface KeyValueStore {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<unknown>
}

const table = 'values'

/**
 * A {@link KeyValueStore} in the IndexedDB database `name`, opened at first use and again after a failure, with one
 * immediate retry.
 */
export function indexedDbStore(name: string, factory: IDBFactory): KeyValueStore {
  let opening: Promise<IDBDatabase> | undefined

  async function open(): Promise<IDBDatabase> {
    const request = factory.open(name, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(table)
    await done(request)
    // A deletion of the database must not be kept waiting.
    request.result.onversionchange = () => request.result.close()
    return request.result
  }

  async function run(work: (values: IDBObjectStore) => { result: unknown }): Promise<unknown> {
    // Browsers close connections on their own. What was lost only because of that is there again after reopening.
    for (let known = opening; ; known = undefined) {
      try {
        const transaction = (await (opening ??= open())).transaction(table, 'readwrite')
        const request = work(transaction.objectStore(table))
        await done(transaction)
        return request.result
      } catch (error) {
        opening = undefined
        if (!known) throw error
      }
    }
  }

  return {
    get: (key) => run((values) => values.get(key)),
    set: (key, value) => run((values) => values.put(value, key)),
  }
}

/** What requests and transactions have in common here. */
interface Source {
  onsuccess?: unknown
  oncomplete?: unknown
  onerror: unknown
  onabort?: unknown
}

function done(source: Source): Promise<unknown> {
  return new Promise((resolve, reject: (error: Error) => void) => {
    source.onsuccess = source.oncomplete = resolve
    // The error of a request arrives at its transaction too, which has none yet.
    source.onerror = source.onabort = ({ target }: Event) => reject((target as IDBRequest).error as Error)
  })
}
