import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { DerReader, asn1Tag } from '@assay/codec/der'
import {
  equalNames,
  parseCertificate,
  readValidity,
  type Certificate,
  type Validity,
} from '@assay/codec/x509'
import type { AttestationContext } from './context.ts'
import { AppAttestError, reading } from './errors.ts'
import type { VerifiedIntermediate } from './intermediates.ts'
import type { AppAttestAnchor } from './trust-anchors.ts'

/** An anchor must have issued the intermediate, which may issue certificates. Permanent results are remembered. */
export function checkIntermediate(
  encoded: Uint8Array,
  { anchors, intermediates }: Pick<AttestationContext, 'anchors' | 'intermediates'>,
): VerifiedIntermediate {
  const known = intermediates.get(encoded)
  // Anchors may have changed since.
  if (known !== undefined && anchors.includes(known.anchor)) return known
  const certificate = reading('APP_ATTEST_CERTIFICATE', () => parseCertificate(encoded))
  const anchor = checkAnchor(certificate, anchors)
  checkCertificateAuthority(certificate)
  checkCriticalExtensions(certificate)
  const verified = {
    anchor,
    key: publicKeyOf(certificate, 'APP_ATTEST_INTERMEDIATE_KEY'),
    subject: certificate.subject,
    validity: reading('APP_ATTEST_CERTIFICATE', () => readValidity(certificate.validity)),
  }
  intermediates.set(encoded, verified)
  return verified
}

/** Several anchors may have one name; the key decides. */
function checkAnchor(certificate: Certificate, anchors: readonly AppAttestAnchor[]): AppAttestAnchor {
  const named = reading('APP_ATTEST_CERTIFICATE', () =>
    anchors.filter(({ subject }) => equalNames(certificate.issuer, subject)),
  )
  if (named.length === 0) throw new AppAttestError('APP_ATTEST_ANCHOR')
  const anchor = named.find(({ key }) => isSignedBy(certificate, key))
  if (anchor === undefined) throw new AppAttestError('APP_ATTEST_INTERMEDIATE_SIGNATURE')
  return anchor
}

const basicConstraints = '2.5.29.19'
const keyUsage = '2.5.29.15'
const extendedKeyUsage = '2.5.29.37'
const keyCertSign = 0x04

/** The certificate may issue others: basic constraints say CA, and key usage, where it is stated, includes signing them. */
function checkCertificateAuthority(certificate: Certificate): void {
  if (!reading('APP_ATTEST_CERTIFICATE', () => mayIssueCertificates(certificate)))
    throw new AppAttestError('APP_ATTEST_INTERMEDIATE_CA')
}

/** The same for a certificate of another path. @throws CodecError */
export function mayIssueCertificates({ extensions }: Certificate): boolean {
  const constraints = extensions.find(({ oid }) => oid === basicConstraints)
  const usage = extensions.find(({ oid }) => oid === keyUsage)
  const mayIssue = constraints !== undefined && isAuthority(constraints.value)
  return mayIssue && (usage === undefined || signsCertificates(usage.value))
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

const understood: ReadonlySet<string> = new Set([basicConstraints, keyUsage, extendedKeyUsage])
/** Apple's own arc of attestation extensions. */
const attestationArc = '1.2.840.113635.100.8.'

/** RFC 5280 4.2: a certificate with a critical extension that is not understood is refused. */
export function checkCriticalExtensions({ extensions }: Certificate): void {
  const strange = extensions.some(
    ({ critical, oid }) => critical && !understood.has(oid) && !oid.startsWith(attestationArc),
  )
  if (strange) throw new AppAttestError('APP_ATTEST_CRITICAL_EXTENSION')
}

const curves: readonly (string | undefined)[] = ['prime256v1', 'secp384r1']

/** Anyone may have written the certificate: a key of another kind, or an invalid one, is its fault, not ours. */
export function publicKeyOf(
  { spki }: Certificate,
  code: 'APP_ATTEST_INTERMEDIATE_KEY' | 'APP_ATTEST_RECEIPT',
): KeyObject {
  const key = importKey(spki, code)
  if (!curves.includes(key.asymmetricKeyDetails?.namedCurve)) throw new AppAttestError(code)
  return key
}

function importKey(spki: Uint8Array, code: 'APP_ATTEST_INTERMEDIATE_KEY' | 'APP_ATTEST_RECEIPT'): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch (cause) {
    throw new AppAttestError(code, { cause })
  }
}

/** The leaf must name the intermediate as its issuer. */
export function checkIssuer(leaf: Certificate, { subject }: VerifiedIntermediate): void {
  if (!reading('APP_ATTEST_CERTIFICATE', () => equalNames(leaf.issuer, subject))) {
    throw new AppAttestError('APP_ATTEST_ISSUER')
  }
}

/** Seconds by which clocks may differ, at both ends. */
const clockSkew = 300

/** Each certificate of the path must be valid at the time of receipt. @param now Unix seconds */
export function checkDates(path: readonly Validity[], now: number): void {
  for (const { notBefore, notAfter } of path) {
    if ((now + clockSkew) * 1000 < notBefore) throw new AppAttestError('APP_ATTEST_NOT_YET_VALID')
    if ((now - clockSkew) * 1000 > notAfter) throw new AppAttestError('APP_ATTEST_EXPIRED')
  }
}

/** The intermediate must have signed the leaf. */
export function checkLeafSignature(leaf: Certificate, { key }: VerifiedIntermediate): void {
  if (!isSignedBy(leaf, key)) throw new AppAttestError('APP_ATTEST_LEAF_SIGNATURE')
}

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
    certificate.unusedSignatureBits === 0 &&
    verify(hash, certificate.tbs, key, certificate.signature)
  )
}
