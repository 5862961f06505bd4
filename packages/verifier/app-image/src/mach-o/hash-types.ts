import { createHash, type Hash } from 'node:crypto'

export type CodeHashType = 'sha1' | 'sha256' | 'sha256-truncated' | 'sha384'

/** How the hashes of a directory are made. */
export interface HashType {
  readonly name: CodeHashType
  /** Bytes. Longer digests are cut. */
  readonly length: number
  begin(): Hash
}

/** By `hashType`. */
export const hashTypes: ReadonlyMap<number, HashType> = new Map([
  [1, { name: 'sha1', length: 20, begin: () => createHash('sha1') }],
  [2, { name: 'sha256', length: 32, begin: () => createHash('sha256') }],
  [3, { name: 'sha256-truncated', length: 20, begin: () => createHash('sha256') }],
  [4, { name: 'sha384', length: 48, begin: () => createHash('sha384') }],
])

export function hashOf(type: HashType, bytes: Buffer): Buffer {
  return type.begin().update(bytes).digest().subarray(0, type.length)
}
