import { timingSafeEqual } from 'node:crypto'
import type { Certificate } from '@assay/codec/x509'
import { AppAttestError } from '../errors.ts'
import { nonceFor } from '../sha256.ts'

const nonceExtension = '1.2.840.113635.100.8.2'
/** SEQUENCE { [1] EXPLICIT OCTET STRING } of 32 bytes, in DER: only the bytes differ from one to the next. */
const valuePrefix = Buffer.from('3024a1220420', 'hex')

/** The leaf was issued for this authenticator data and this client data. */
export function checkNonce(leaf: Certificate, authenticatorData: Uint8Array, commitment: Uint8Array): void {
  if (!timingSafeEqual(nonceOf(leaf), nonceFor(authenticatorData, commitment)))
    throw new AppAttestError('APP_ATTEST_NONCE')
}

function nonceOf({ extensions }: Certificate): Uint8Array {
  const value = extensions.find(({ oid }) => oid === nonceExtension)?.value
  const hasForm = value?.length === 38 && valuePrefix.compare(value, 0, valuePrefix.length) === 0
  if (!hasForm) throw new AppAttestError('APP_ATTEST_NONCE_EXTENSION')
  return value.subarray(valuePrefix.length)
}
