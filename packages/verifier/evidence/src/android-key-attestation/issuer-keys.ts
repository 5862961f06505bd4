import type { KeyObject } from 'node:crypto'
import { lastUsed, type LastUsed } from '../port/last-used.ts'

/**
 * Keys of issuers whose path has been verified up to its anchor, by a digest over what was signed on that path. Loading
 * a key and verifying the certificates above it cost more than all the rest, and most devices share them.
 */
export type IssuerKeys = LastUsed<IssuerKey>

export interface IssuerKey {
  readonly key: KeyObject
  /**
   * Digest over the path as it was written, signatures included: anyone can write a valid ECDSA signature in two
   * ways.
   */
  readonly written: string
}

/**
 * Keeps the `capacity` most recently used keys. Only what an anchor's key has signed gets in, and only once however it
 * is written, so nobody can evict keys without as many genuine devices.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) unless `capacity` is a positive integer
 */
export function issuerKeys(capacity = 10_000): IssuerKeys {
  return lastUsed(capacity)
}
