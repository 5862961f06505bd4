import { X509Certificate } from 'node:crypto'
import { parseCertificate } from '@assay/codec/x509'

export { appleCodeSigningRoots } from './apple-roots.ts'
export type { RootCertificate } from '@assay/codec/x509'

/** Who signed an app before the store did. */
export interface AppleSigner {
  /** SHA-256 of the certificate, lower-case hex. */
  sha256: string
  /** Team id, as Apple has put it into the certificate. */
  teamId: string
}

/** Extension of the intermediates that issue certificates to developers. */
const developerRelations = '1.2.840.113635.100.6.2.1'
/** Extended key usage. */
const codeSigning = '1.3.6.1.5.5.7.3.3'

/**
 * The owner of the certificate that signed an app: a code signing certificate, issued by one of Apple's intermediates
 * for developers, which one of the roots has issued. `undefined`: not one of Apple's, or not valid now.
 *
 * @param certificates DER; the signer's first
 * @param roots PEM. @param now milliseconds since 1970
 */
export function appleSigner(
  [first, ...others]: readonly Uint8Array[],
  roots: readonly string[],
  now: number,
): AppleSigner | undefined {
  try {
    if (first === undefined) return undefined
    const leaf = new X509Certificate(first)
    const isForCode = leaf.keyUsage.includes(codeSigning) && !leaf.ca
    const issuer = others.find((each) => isIssuer(each, leaf, now))
    if (!isForCode || issuer === undefined || !isCurrent(leaf, now)) return undefined
    const intermediate = new X509Certificate(issuer)
    const isRooted = roots.some((pem) => {
      const root = new X509Certificate(pem)
      return isCurrent(root, now) && intermediate.checkIssued(root) && intermediate.verify(root.publicKey)
    })
    const { OU: teamId } = leaf.toLegacyObject().subject as { OU?: unknown }
    if (!isRooted || typeof teamId !== 'string' || !/^[A-Z0-9]{10}$/.test(teamId)) return undefined
    return { sha256: leaf.fingerprint256.replaceAll(':', '').toLowerCase(), teamId }
  } catch {
    // What cannot be read is not Apple's.
    return undefined
  }
}

function isIssuer(encoded: Uint8Array, leaf: X509Certificate, now: number): boolean {
  const candidate = new X509Certificate(encoded)
  return (
    candidate.ca &&
    isCurrent(candidate, now) &&
    leaf.checkIssued(candidate) &&
    leaf.verify(candidate.publicKey) &&
    parseCertificate(encoded, { encoding: 'ber', booleans: 'any-non-zero' }).extensions.some(
      ({ oid }) => oid === developerRelations,
    )
  )
}

function isCurrent({ validFrom, validTo }: X509Certificate, now: number): boolean {
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo)
}
