import { createPublicKey, sign } from 'node:crypto'
import type { AttestedKeyStore, InstallationKey } from '@assay/client'
import { utf8, type PublicJwk } from '@assay/protocol'
import type { KeyPair } from '../keys/key-pair.ts'
import { newKeyPair } from '../keys/new-key-pair.ts'
import type { AndroidPhone } from './android-phone.ts'

/** The Keystore of a phone, as an app uses it that has its installation key there. */
export interface Keystore extends AttestedKeyStore {
  /**
   * All that anyone who has the process gets of it, without use of the Keystore: the public key. `undefined`: no key
   * yet.
   */
  publicKey(): PublicJwk | undefined
}

/** Keys are made in it, attested at their birth and used, and never leave it. */
export function keystoreOf(phone: Pick<AndroidPhone, 'attestKey'>): Keystore {
  let key: InstallationKey | undefined
  return {
    open: () => Promise.resolve(key),
    renew: () => Promise.resolve((key = undefined)),
    attest(commitment) {
      const pair = newKeyPair('P-256')
      key = keyOver(pair)
      return Promise.resolve({ key, evidence: phone.attestKey(pair, utf8(commitment)) })
    },
    enrolled(enrolledKey) {
      key = { ...enrolledKey, isEnrolled: true }
      return Promise.resolve()
    },
    publicKey: () => key?.publicJwk,
  }
}

function keyOver({ spki, privateKey }: KeyPair): InstallationKey {
  const { x, y } = createPublicKey({ key: spki, type: 'spki', format: 'der' }).export({ format: 'jwk' })
  return {
    publicJwk: { kty: 'EC', crv: 'P-256', x: x as string, y: y as string },
    sign: (data) => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  }
}
