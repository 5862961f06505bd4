import type { Certificate } from '@assay/codec/x509'
import { AppAttestError } from '../errors.ts'
import type { VerifiedIntermediate } from '../intermediates.ts'
import { isSignedBy } from '../signed-by.ts'

/** The intermediate has signed the leaf. */
export function checkLeafSignature(leaf: Certificate, { key }: VerifiedIntermediate): void {
  if (!isSignedBy(leaf, key)) throw new AppAttestError('APP_ATTEST_LEAF_SIGNATURE')
}
