import { DerReader, asn1Tag } from '@assay/codec/der'
import type { Certificate } from '@assay/codec/x509'
import { AppAttestError } from '../errors.ts'
import { reading } from '../reading.ts'

const basicConstraints = '2.5.29.19'
const keyUsage = '2.5.29.15'
const keyCertSign = 0x04

/** The certificate may issue others: basic constraints say CA, and key usage, where it is stated, includes signing them. */
export function checkCertificateAuthority({ extensions }: Certificate): void {
  const constraints = extensions.find(({ oid }) => oid === basicConstraints)
  const usage = extensions.find(({ oid }) => oid === keyUsage)
  const holds = reading('APP_ATTEST_CERTIFICATE', () => {
    const mayIssue = constraints !== undefined && isAuthority(constraints.value)
    return mayIssue && (usage === undefined || signsCertificates(usage.value))
  })
  if (!holds) throw new AppAttestError('APP_ATTEST_INTERMEDIATE_CA')
}

/** A path length is any number from 0 on: the leaf is the only certificate below. */
function isAuthority(value: Uint8Array): boolean {
  const outer = new DerReader(value)
  const constraints = outer.enter()
  outer.end()
  const isCa = constraints.peekTag() === asn1Tag.boolean && constraints.readBoolean()
  if (!constraints.atEnd) constraints.readUnsigned()
  constraints.end()
  return isCa
}

function signsCertificates(value: Uint8Array): boolean {
  const outer = new DerReader(value)
  const { bytes } = outer.readBitString()
  outer.end()
  return ((bytes[0] ?? 0) & keyCertSign) !== 0
}
