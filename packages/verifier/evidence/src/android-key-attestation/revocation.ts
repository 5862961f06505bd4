import type { Certificate } from '@assay/codec/x509'
import type { RevocationSource } from '../port/verify-context.ts'
import { AndroidKeyError } from './errors.ts'

/**
 * No certificate above the leaf may be on the vendor's list, either as revoked or as suspended. A source that cannot
 * answer is a malfunction.
 */
export async function checkRevocation(
  serials: readonly string[],
  revocation: RevocationSource,
): Promise<void> {
  const states = await Promise.all(serials.map((serial) => revocation.stateOf(serial)))
  if (states.includes('revoked')) throw new AndroidKeyError('ANDROID_KEY_REVOKED')
  if (states.some((state) => state !== 'not_listed')) throw new AndroidKeyError('ANDROID_KEY_SUSPENDED')
}

/**
 * The serial number as the vendor's list writes it: unsigned, lower-case hex, no leading zeros. A negative one, which
 * X.509 forbids, is treated as the unsigned number of the same octets.
 */
export function listedSerial({ serialNumber }: Certificate): string {
  return Buffer.from(serialNumber)
    .toString('hex')
    .replace(/^0+(?=.)/, '')
}
