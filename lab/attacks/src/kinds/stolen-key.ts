import { createSoftwareKey, type Keystore, type SoftwareKey } from '@assay/testkit'

/**
 * What a thief has of a key in the Keystore who has all memory and files of the process, and no use of the Keystore: its public
 * half, and a private key of his own.
 */
export function stolenKey(keystore: Pick<Keystore, 'publicKey'>): SoftwareKey {
  const publicJwk = keystore.publicKey()
  if (publicJwk === undefined) throw new Error('there is no key yet')
  return { ...createSoftwareKey(), publicJwk, isEnrolled: true }
}
