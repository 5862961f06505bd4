import type { Certificate } from '@assay/codec/x509'
import type { AttestationContext } from '../context.ts'
import { AppAttestError } from '../errors.ts'

const accessControlExtension = '1.2.840.113635.100.8.6'
/**
 * The access control of a key on a Mac with system integrity protection and full boot security, in DER, as Apple documents
 * it. Other content is not looked into.
 */
const fullSecurity = Buffer.from(
  'MEAMAjExMDowCQwCb2uhAwEB/zAJDAJvYaEDAQH/MAsMBG9kZWyhAwEB/zAVDARvc2duoAYMBHJzZWMwBaYDAgEB',
  'base64',
)
/** SEQUENCE { [3] EXPLICIT OCTET STRING } around it, which certificates have. */
const wrappedFullSecurity = Buffer.concat([Buffer.from('3046a3440442', 'hex'), fullSecurity])

/** Whether the certificate states a Mac with full security, which one that is expected to be a Mac has to. */
export function checkMacSecurity({ extensions }: Certificate, system: AttestationContext['system']): boolean {
  const isSecure = extensions.some(
    ({ oid, value }) =>
      oid === accessControlExtension && (wrappedFullSecurity.equals(value) || fullSecurity.equals(value)),
  )
  checkStatedSecurity(isSecure, system)
  return isSecure
}

export function checkStatedSecurity(isSecure: boolean, system: AttestationContext['system']): void {
  if (system === 'macos' && !isSecure) throw new AppAttestError('APP_ATTEST_MAC_SECURITY')
}
