import type { PublicJwk } from '@assay/protocol'
import type { InstallationKey, KeyStore } from '../runtime/ports.ts'
import type { KeyValueStore } from './indexed-db-store.ts'

const entry = 'key'
/** Where `webSharedState` keeps tokens. */
export const grants = 'tokens'
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

interface StoredKey {
  privateKey: CryptoKey
  publicJwk: PublicJwk
}

/** Without the members that are Web Crypto's own. */
function publicJwkOf({ crv, kty, x, y }: JsonWebKey): PublicJwk {
  return { crv, kty, x, y } as PublicJwk
}

/**
 * A P-256 key that no script can export, in Web Crypto, kept in IndexedDB and shared by the tabs of the origin. A script
 * injected into the page can still use it as long as it runs there.
 *
 * A key that existed before the page, without tokens that name it, is replaced: another script may have put it there.
 *
 * If the browser keeps nothing (some private modes), `renew` makes a key that lives as long as the page.
 */
export function webKeyStore(store: KeyValueStore, subtle: SubtleCrypto): KeyStore {
  let unkept: StoredKey | undefined
  let isOpened = false

  async function generate(): Promise<StoredKey> {
    const { privateKey, publicKey } = await subtle.generateKey(algorithm, false, ['sign'])
    return { privateKey, publicJwk: publicJwkOf(await subtle.exportKey('jwk', publicKey)) }
  }

  function keyOf({ privateKey, publicJwk }: StoredKey): InstallationKey {
    return {
      publicJwk,
      sign: async (data) =>
        new Uint8Array(await subtle.sign(algorithm, privateKey, data as Uint8Array<ArrayBuffer>)),
    }
  }

  return {
    async open() {
      // Tabs open it one after the other (SharedState.exclusively); if they cannot, the last key stays, and tokens for
      // the others are valid as long as their pages live.
      let found = unkept ?? ((await store.get(entry)) as StoredKey | undefined)
      // A key that existed before this page, without tokens that name it: nobody knows who made it.
      const isKnown =
        isOpened || `${JSON.stringify(await store.get(grants))}`.includes(found?.publicJwk.x as string)
      if (!found || !isKnown) await store.set(entry, (found = await generate()))
      isOpened = true
      return keyOf(found)
    },
    async renew() {
      const made = (unkept = await generate())
      isOpened = true
      await store
        .set(entry, made)
        .then(() => (unkept = undefined))
        .catch(() => undefined)
      return keyOf(made)
    },
  }
}
