import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto'
import { thumbprintInput, type PublicJwk } from '@assay/protocol'
import type { InstallationKey, KeyStore } from '@assay/client'

/** An installation key in memory, which anyone who controls the device can copy. */
export interface SoftwareKey extends InstallationKey {
  privateKey: KeyObject
  /** Whether a token was given for it, kept with it as a store of an app would. */
  isEnrolled: boolean
  /** RFC 7638, SHA-256. */
  thumbprint: string
}

/**
 * By way of DER: on Node 20, `export({ format: 'jwk' })` of a key object that was generated in this process can lock
 * itself out when garbage is collected in the middle of it.
 */
export function createSoftwareKey(): SoftwareKey {
  const der = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  })
  const privateKey = createPrivateKey({ key: der.privateKey, type: 'pkcs8', format: 'der' })
  const { x, y } = createPublicKey({ key: der.publicKey, type: 'spki', format: 'der' }).export({
    format: 'jwk',
  })
  const publicJwk: PublicJwk = { kty: 'EC', crv: 'P-256', x: x as string, y: y as string }
  return {
    publicJwk,
    privateKey,
    isEnrolled: false,
    thumbprint: createHash('sha256').update(thumbprintInput(publicJwk)).digest('base64url'),
    sign: (data) => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  }
}

/** A key store that always opens `key`. A key that cannot be used is not replaced behind the test's back. */
export function keyStoreOf(key: SoftwareKey): KeyStore {
  return {
    open: () => Promise.resolve(key),
    renew: () => Promise.reject(new Error('this device keeps its key')),
    enrolled: () => Promise.resolve((key.isEnrolled = true)),
  }
}
