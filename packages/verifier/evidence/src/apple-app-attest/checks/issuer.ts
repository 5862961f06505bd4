import { equalNames, type Certificate } from '@assay/codec/x509'
import { AppAttestError } from '../errors.ts'
import type { VerifiedIntermediate } from '../intermediates.ts'
import { reading } from '../reading.ts'

/** The leaf names the intermediate as its issuer. */
export function checkIssuer(leaf: Certificate, { subject }: VerifiedIntermediate): void {
  if (!reading('APP_ATTEST_CERTIFICATE', () => equalNames(leaf.issuer, subject))) {
    throw new AppAttestError('APP_ATTEST_ISSUER')
  }
}
