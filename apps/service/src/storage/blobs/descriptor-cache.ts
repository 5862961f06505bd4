import { closeSync } from 'node:fs'
import { LRUCache } from 'lru-cache'

/**
 * Keeps files open, and closes the least recently used first. All calls are synchronous, so none is closed while in
 * use.
 */
export interface DescriptorCache {
  /** The descriptor for `key`; `open` provides it if there is none. */
  get(key: string, open: () => number): number
  drop(key: string): void
  clear(): void
}

export function createDescriptorCache(capacity: number): DescriptorCache {
  const descriptors = new LRUCache<string, number>({
    max: capacity,
    dispose: (descriptor) => closeSync(descriptor),
  })
  return {
    get(key, open) {
      const found = descriptors.get(key)
      if (found !== undefined) return found
      const opened = open()
      descriptors.set(key, opened)
      return opened
    },
    drop: (key) => void descriptors.delete(key),
    clear: () => descriptors.clear(),
  }
}
