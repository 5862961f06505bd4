import { invalidArgument } from '@assay/protocol'
import type { KeyObject } from 'node:crypto'

/**
 * Keys of issuers whose path has been verified up to its anchor, by a digest over what was signed on that path. Loading
 * a key and verifying the certificates above it cost more than all the rest, and most devices share them.
 */
export interface IssuerKeys {
  get(path: string): IssuerKey | undefined
  set(path: string, key: IssuerKey): void
}

export interface IssuerKey {
  readonly key: KeyObject
  /**
   * Digest over the path as it was written, signatures included: anyone can write a valid ECDSA signature in two
   * ways.
   */
  readonly written: string
}

/**
 * Keeps the `capacity` keys that were used last. Only what an anchor's key has signed enters, and once however it is
 * written, so nobody can drive keys out without as many genuine devices.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) unless `capacity` is a positive integer
 */
export function issuerKeys(capacity = 10_000): IssuerKeys {
  if (!Number.isSafeInteger(capacity) || capacity < 1)
    throw invalidArgument('the capacity is not a positive integer')
  // A Map keeps the order of insertion: what was used last is inserted again.
  const keys = new Map<string, IssuerKey>()
  return {
    get(path) {
      const key = keys.get(path)
      if (key === undefined) return undefined
      keys.delete(path)
      keys.set(path, key)
      return key
    },
    set(path, key) {
      keys.set(path, key)
      if (keys.size > capacity) keys.delete(keys.keys().next().value as string)
    },
  }
}
