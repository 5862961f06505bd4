import type { Jwks } from '@assay/protocol'
import { exportPrivate, generateSigningKey, importPrivate, type SigningKey } from '@assay/tokens'
import type { Clock } from '../../system/ports.ts'

/** The key that signs tokens for development: one for all nodes, in no ring, and so in no JWKS of production. */
export interface DevelopmentKey {
  signing(): Promise<SigningKey>
  jwks(): Promise<Jwks>
}

const secretName = 'development-signing-key'
const algorithm = 'ES256'

/** @param secrets where it is sealed; it is made when it is first needed */
export function createDevelopmentKey(
  secrets: { getOrCreate(name: string, make: () => Uint8Array): Promise<Uint8Array> },
  clock: Clock,
): DevelopmentKey {
  const make = () => {
    const now = Math.floor(clock() / 1000)
    const key = generateSigningKey(algorithm, now, now)
    const { kid, createdAt } = key
    return Buffer.from(JSON.stringify({ kid, createdAt, pkcs8: encoded(exportPrivate(key)) }))
  }
  const open = async () => {
    const kept = Buffer.from(await secrets.getOrCreate(secretName, make)).toString()
    const { kid, createdAt, pkcs8 } = JSON.parse(kept) as { kid: string; createdAt: number; pkcs8: string }
    const der = Buffer.from(pkcs8, 'base64url')
    return importPrivate({
      kid,
      alg: algorithm,
      pkcs8: der,
      createdAt,
      activateAt: createdAt,
      retireAt: null,
    })
  }
  let opened: Promise<SigningKey> | undefined
  const signing = () => {
    const opening = (opened ??= open())
    opening.catch(() => (opened = undefined))
    return opening
  }
  return { signing, jwks: async () => ({ keys: [{ ...(await signing()).jwk }] }) }
}

const encoded = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
