import type { LRUCache } from 'lru-cache'

/** If several callers want the same at a time, the first does the work for all. Nothing is kept afterwards. */
export function once<Value>(
  underWay: Map<string, Promise<Value>>,
  key: string,
  work: () => Promise<Value>,
): Promise<Value> {
  const known = underWay.get(key)
  if (known !== undefined) return known
  const begun = work().finally(() => underWay.delete(key))
  underWay.set(key, begun)
  return begun
}

/** Returns what is kept under the key; otherwise does the work, once at a time, and keeps its result. */
export function keptOnce<Value extends object>(
  kept: LRUCache<string, Value>,
): (key: string, work: () => Promise<Value>) => Promise<Value> {
  const underWay = new Map<string, Promise<Value>>()
  return (key, work) => {
    const known = kept.get(key)
    if (known !== undefined) return Promise.resolve(known)
    return once(underWay, key, async () => {
      const value = await work()
      kept.set(key, value)
      return value
    })
  }
}
