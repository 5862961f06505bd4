import type { Certificate } from '@assay/codec/x509'
import { AppAttestError } from '../errors.ts'

/** Basic constraints, key usage, extended key usage. */
const understood: ReadonlySet<string> = new Set(['2.5.29.19', '2.5.29.15', '2.5.29.37'])
/** Apple's own arc of attestation extensions. */
const attestationArc = '1.2.840.113635.100.8.'

/** RFC 5280 4.2: a certificate with a critical extension that is not understood is refused. */
export function checkCriticalExtensions({ extensions }: Certificate): void {
  const strange = extensions.some(
    ({ critical, oid }) => critical && !understood.has(oid) && !oid.startsWith(attestationArc),
  )
  if (strange) throw new AppAttestError('APP_ATTEST_CRITICAL_EXTENSION')
}
