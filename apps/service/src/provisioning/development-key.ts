import type { Jwks } from '@assay/protocol'
import { exportPrivate, generateSigningKey, importPrivate, type SigningKey } from '@assay/tokens'
import type { Clock } from '../system/ports.ts'

/** The key that signs development tokens: one for all nodes, in no ring, and so in no production JWKS. */
export interface DevelopmentKey {
  signing(): Promise<SigningKey>
  jwks(): Promise<Jwks>
  /**
   * After a theft: another key signs from now on, and on other nodes within a minute. If there is none yet, none is
   * made.
   */
  rotate(): Promise<void>
}

interface KeyDependencies {
  /** Where it is sealed; the key is made when it is first needed. */
  secrets: {
    getOrCreate(name: string, make: () => Uint8Array): Promise<Uint8Array>
    find(name: string): Promise<Uint8Array | undefined>
  }
  /** Replaces it, recorded as an act of an operator. */
  replace: (name: string, value: Uint8Array) => Promise<void>
  clock: Clock
  /** Milliseconds that only increase. */
  steady: Clock
}

const secretName = 'development-signing-key'
const algorithm = 'ES256'
/** Milliseconds after which it is read again: another node may have replaced it. */
const holdsFor = 60_000

export function createDevelopmentKey({ secrets, replace, clock, steady }: KeyDependencies): DevelopmentKey {
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
  let opened: { at: number; key: Promise<SigningKey> } | undefined
  const signing = () => {
    if (opened !== undefined && steady() - opened.at < holdsFor) return opened.key
    const opening = { at: steady(), key: open() }
    opened = opening
    opening.key.catch(() => {
      if (opened === opening) opened = undefined
    })
    return opening.key
  }
  return {
    signing,
    jwks: async () => ({ keys: [{ ...(await signing()).jwk }] }),
    async rotate() {
      if ((await secrets.find(secretName)) === undefined) return
      await replace(secretName, make())
      opened = undefined
    },
  }
}

const encoded = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
