import { closeSync } from 'node:fs'

/** Files kept open, the least recently used closed first. All calls are synchronous, so none is closed while in use. */
export interface DescriptorCache {
  /** The descriptor under `key`; `open` gives it when there is none. */
  get(key: string, open: () => number): number
  drop(key: string): void
  clear(): void
}

export function createDescriptorCache(capacity: number): DescriptorCache {
  // A Map iterates in the order of insertion: the first key is the one unused for longest.
  const descriptors = new Map<string, number>()
  const drop = (key: string) => {
    const descriptor = descriptors.get(key)
    if (descriptor === undefined) return
    descriptors.delete(key)
    closeSync(descriptor)
  }
  return {
    get(key, open) {
      const found = descriptors.get(key)
      if (found !== undefined) {
        descriptors.delete(key)
        descriptors.set(key, found)
        return found
      }
      const opened = open()
      descriptors.set(key, opened)
      const [oldest] = descriptors.keys()
      if (descriptors.size > capacity && oldest !== undefined) drop(oldest)
      return opened
    },
    drop,
    clear() {
      for (const key of [...descriptors.keys()]) drop(key)
    },
  }
}
