import { verify, type KeyObject } from 'node:crypto'
import type { Certificate } from '@assay/codec/x509'

/** AlgorithmIdentifiers in DER, in hex, and the hash of each: the algorithms that App Attest certificates are signed with. */
const hashes: ReadonlyMap<string, 'sha256' | 'sha384'> = new Map([
  ['300a06082a8648ce3d040302', 'sha256'],
  ['300a06082a8648ce3d040303', 'sha384'],
])

/** Whether `key` has signed the certificate, with ECDSA and one of the hashes that the profile knows. */
export function isSignedBy(certificate: Certificate, key: KeyObject): boolean {
  const hash = hashes.get(Buffer.from(certificate.signatureAlgorithm).toString('hex'))
  return (
    hash !== undefined &&
    hasWholeOctets(certificate) &&
    verify(hash, certificate.tbs, key, certificate.signature)
  )
}

/** The signature, which a certificate ends with, has no unused bits: otherwise one certificate could be written in two ways. */
function hasWholeOctets({ encoded, signature }: Certificate): boolean {
  return encoded[encoded.length - signature.length - 1] === 0
}
