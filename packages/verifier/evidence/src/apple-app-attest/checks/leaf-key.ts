import { ECDH } from 'node:crypto'
import type { Certificate } from '@assay/codec/x509'
import { AppAttestError } from '../errors.ts'

/** A SubjectPublicKeyInfo of a key on P-256 up to the coordinates of its uncompressed point: with its length, therefore. */
const p256Prefix = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex')

/** The attested key is on P-256. Returns its uncompressed point: 04, x, y. */
export function checkLeafKey({ spki }: Certificate): Uint8Array {
  if (!p256Prefix.equals(spki.subarray(0, p256Prefix.length))) throw new AppAttestError('APP_ATTEST_LEAF_KEY')
  const point = spki.subarray(p256Prefix.length - 1)
  try {
    // Reads the point, which fails off the curve, and costs an eighth of making a key object.
    ECDH.convertKey(point, 'prime256v1')
  } catch (cause) {
    throw new AppAttestError('APP_ATTEST_LEAF_KEY', { cause })
  }
  return point
}
