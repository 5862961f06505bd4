import type { Certificate } from '@assay/codec/x509'
import { AndroidKeyError } from '../errors.ts'

/** A leaf, at least one certificate of the device, and a root. */
export function checkChainLength(certificates: readonly Certificate[]): void {
  if (certificates.length < 3) throw new AndroidKeyError('ANDROID_KEY_CHAIN_LENGTH')
}
