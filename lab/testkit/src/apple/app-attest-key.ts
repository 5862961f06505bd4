import { createHash } from 'node:crypto'
import type { KeyPair } from '../keys/key-pair.ts'
import { newKeyPair, type KeyKind } from '../keys/new-key-pair.ts'

/** A key in a Secure Enclave of our own. */
export interface AppAttestKey extends KeyPair {
  /** SHA-256 of the public point: 32 bytes. */
  readonly keyId: Buffer
}

export function newAppAttestKey(kind: KeyKind = 'P-256'): AppAttestKey {
  const keys = newKeyPair(kind)
  return { ...keys, keyId: sha256(pointOf(keys)) }
}

/** The uncompressed point of a key on P-256: 04, x, y. */
export function pointOf({ spki }: KeyPair): Buffer {
  return spki.subarray(-65)
}

export function sha256(...parts: readonly (Uint8Array | string)[]): Buffer {
  return parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
}
