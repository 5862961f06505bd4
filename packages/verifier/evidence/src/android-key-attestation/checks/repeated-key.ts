import type { Certificate } from '@assay/codec/x509'
import { AndroidKeyError } from '../errors.ts'

/**
 * No key occurs twice. With a root certificate below another one of the same key, each properly signed, a remotely
 * provisioned chain would pass for one from the factory, whose expiry does not count.
 */
export function checkRepeatedKey(certificates: readonly Certificate[]): void {
  const keys = certificates.map(({ spki }) => Buffer.from(spki).toString('latin1'))
  if (new Set(keys).size !== keys.length) throw new AndroidKeyError('ANDROID_KEY_REPEATED_KEY')
}
