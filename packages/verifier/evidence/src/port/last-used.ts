import { invalidArgument } from '@assay/protocol'

/** What is remembered by a text, up to a number. */
export interface LastUsed<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
}

/**
 * Keeps the `capacity` values that were used last.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) unless `capacity` is a positive integer
 */
export function lastUsed<Value>(capacity: number): LastUsed<Value> {
  if (!Number.isSafeInteger(capacity) || capacity < 1)
    throw invalidArgument('the capacity is not a positive integer')
  // A Map keeps the order of insertion: what was used last is inserted again.
  const values = new Map<string, Value>()
  return {
    get(key) {
      const value = values.get(key)
      if (value === undefined) return undefined
      values.delete(key)
      values.set(key, value)
      return value
    },
    set(key, value) {
      values.delete(key)
      values.set(key, value)
      if (values.size > capacity) values.delete(values.keys().next().value as string)
    },
  }
}
