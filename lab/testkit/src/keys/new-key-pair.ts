import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { storedKeyPair } from './fixed.ts'
import type { KeyPair } from './key-pair.ts'
import type { StoredKey } from './stored-keys.ts'

/** The kinds of keys used here. RSA keys have 2048 bits: Google's have 4096, and nothing depends on it. */
export type KeyKind = 'P-256' | 'P-384' | 'P-521' | 'RSA'

const publicKeyEncoding = { type: 'spki', format: 'der' } as const
const privateKeyEncoding = { type: 'pkcs8', format: 'der' } as const

/** RSA keys that no caller in this process has yet. */
const rsaKeys: StoredKey[] = [
  'RSA-2048-1',
  'RSA-2048-2',
  'RSA-2048-3',
  'RSA-2048-4',
  'RSA-2048-5',
  'RSA-2048-6',
]

/**
 * A key that no other caller in this process has. RSA keys are stored ones while there are any, as each takes a tenth
 * of a second to make.
 *
 * By way of DER: on Node 20, exporting a key object that was generated in this process can lock itself out when garbage
 * is collected in the middle of it.
 */
export function newKeyPair(kind: KeyKind): KeyPair {
  const stored = kind === 'RSA' ? rsaKeys.shift() : undefined
  if (stored !== undefined) return storedKeyPair(stored)
  const der = generate(kind)
  return {
    privateKey: createPrivateKey({ key: der.privateKey, type: 'pkcs8', format: 'der' }),
    publicKey: createPublicKey({ key: der.publicKey, type: 'spki', format: 'der' }),
    spki: der.publicKey,
  }
}

function generate(kind: KeyKind): { publicKey: Buffer; privateKey: Buffer } {
  if (kind === 'RSA')
    return generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding, privateKeyEncoding })
  return generateKeyPairSync('ec', { namedCurve: kind, publicKeyEncoding, privateKeyEncoding })
}
