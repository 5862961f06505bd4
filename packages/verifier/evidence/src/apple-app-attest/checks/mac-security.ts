import { DerReader, contextTag } from '@assay/codec/der'
import type { Certificate } from '@assay/codec/x509'
import type { AttestationContext } from '../context.ts'
import { AppAttestError } from '../errors.ts'
import { reading } from '../reading.ts'

const accessControlExtension = '1.2.840.113635.100.8.6'
/** The access control of a key on a Mac with system integrity protection and full boot security. */
const fullSecurity = Buffer.from(
  'MEAMAjExMDowCQwCb2uhAwEB/zAJDAJvYaEDAQH/MAsMBG9kZWyhAwEB/zAVDARvc2duoAYMBHJzZWMwBaYDAgEB',
  'base64',
)

/** Whether the certificate states a Mac with full security, which one that is expected to be a Mac has to. */
export function checkMacSecurity(leaf: Certificate, system: AttestationContext['system']): boolean {
  const isSecure = statesFullSecurity(leaf)
  if (system === 'macos' && !isSecure) throw new AppAttestError('APP_ATTEST_MAC_SECURITY')
  return isSecure
}

function statesFullSecurity({ extensions }: Certificate): boolean {
  const value = extensions.find(({ oid }) => oid === accessControlExtension)?.value
  return value !== undefined && reading('APP_ATTEST_CERTIFICATE', () => fullSecurity.equals(contentOf(value)))
}

/** SEQUENCE { [3] EXPLICIT OCTET STRING }. */
function contentOf(value: Uint8Array): Uint8Array {
  const outer = new DerReader(value)
  const sequence = outer.enter()
  outer.end()
  const explicit = sequence.enter(contextTag(3))
  sequence.end()
  const content = explicit.readOctetString()
  explicit.end()
  return content
}
