import { readValidity, type Certificate } from '@assay/codec/x509'
import type { ChainKind } from '../chain/chain-kind.ts'
import { AndroidKeyError } from '../errors.ts'
import { reading } from '../reading.ts'

/** Milliseconds by which the clock may be wrong, at either end. */
const clockSkew = 300_000

/**
 * The dates of the certificates between leaf and root. A leaf's are set by the app, a root's do not count. What is not
 * yet valid never passes; what has expired passes in chains from the factory only, because whole families of devices
 * outlive their certificates.
 *
 * @param now Unix seconds
 */
export function checkValidity(certificates: readonly Certificate[], kind: ChainKind, now: number): void {
  const at = now * 1000
  for (const { validity } of certificates.slice(1, -1)) {
    const { notBefore, notAfter } = reading('ANDROID_KEY_CERTIFICATE', () => readValidity(validity))
    if (at < notBefore - clockSkew) throw new AndroidKeyError('ANDROID_KEY_NOT_YET_VALID')
    if (at > notAfter + clockSkew && kind !== 'factory') throw new AndroidKeyError('ANDROID_KEY_EXPIRED')
  }
}
