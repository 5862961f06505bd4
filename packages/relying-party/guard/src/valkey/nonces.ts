import { decodeBase64urlOfLength, encodeBase64url } from '@assay/protocol'
import { functionOf, knownMembers } from '../faults/misuse.ts'
import { createNonces, type NonceSettings, type NonceSource } from '../request/nonces.ts'
import { checkClient, checkPrefix, functionsOf, type ValkeyClient } from './functions.ts'

export interface ValkeyNonceSettings extends Omit<NonceSettings, 'key'> {
  client: ValkeyClient
  /** Unix milliseconds; the key is requested again each second by this clock. Default: the system's clock. */
  clock?: () => number
  /** As in {@link ValkeyReplaySettings}. */
  prefix?: string
}

/** Milliseconds. */
const keyHolds = 1_000
const keyLength = 32

/**
 * Nonces that every node accepts, with no key to distribute: the key is in Valkey, and is drawn anew when the server
 * may have forgotten something. Whoever can read the server can make nonces; that defeats the nonces, but nothing else.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`)
 */
export function createValkeyNonces(settings: ValkeyNonceSettings): NonceSource {
  const known: Record<keyof ValkeyNonceSettings, true> = {
    client: true,
    clock: true,
    prefix: true,
    audience: true,
    lifetime: true,
    random: true,
    crypto: true,
  }
  knownMembers('createValkeyNonces', settings, known)
  const { client, clock = () => new Date().getTime(), prefix, ...rest } = settings
  const call = functionsOf(checkClient(client))
  functionOf('clock', clock)
  // The settings are checked now, not with the first request.
  createNonces(rest)
  const memory = `${checkPrefix(prefix)}:{nonces}:memory`
  let held: { text: string; nonces: NonceSource } | undefined
  let askedAt = -Infinity
  let asking: Promise<NonceSource> | undefined

  const ask = async (): Promise<NonceSource> => {
    const at = clock()
    const text = await call('assay_guard_2_memory', [memory], [encodeBase64url(rest.random(keyLength))])
    const key = typeof text === 'string' ? decodeBase64urlOfLength(text, keyLength) : undefined
    if (typeof text !== 'string' || key === undefined) throw new Error('unexpected reply from Valkey')
    if (held?.text !== text) held = { text, nonces: createNonces({ ...rest, key }) }
    askedAt = at
    return held.nonces
  }
  const current = (): NonceSource | Promise<NonceSource> => {
    if (held !== undefined && Math.abs(clock() - askedAt) < keyHolds) return held.nonces
    return (asking ??= ask().finally(() => {
      asking = undefined
    }))
  }
  return {
    perNode: false,
    issue: async (now) => (await current()).issue(now),
    check: async (nonce, now) => (await current()).check(nonce, now),
  }
}
