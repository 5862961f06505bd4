import type { Certificate } from '@assay/codec/x509'
import { AndroidKeyError } from '../errors.ts'

/** Each certificate names the subject of the next one as its issuer, byte for byte. */
export function checkIssuerNames(certificates: readonly Certificate[]): void {
  const linked = certificates
    .slice(1)
    .every(({ subject }, i) => Buffer.compare((certificates[i] as Certificate).issuer, subject) === 0)
  if (!linked) throw new AndroidKeyError('ANDROID_KEY_ISSUER')
}
