import { CodecError } from '../errors/codec-error.ts'
import { DerReader } from '../der/reader.ts'
import type { DerReaderOptions } from '../der/reader.ts'
import { asn1Tag, contextTag } from '../der/tags.ts'

/**
 * An X.509 certificate cut into its parts. Every byte string is a view into the input. Nothing is judged: not the
 * signature, dates, names or meaning of an extension.
 */
export interface Certificate {
  /** The certificate itself. */
  readonly encoded: Uint8Array
  /** TBSCertificate: the bytes that the issuer signed. */
  readonly tbs: Uint8Array
  readonly version: 1 | 2 | 3
  /** Content octets of the serial number: two's complement, big-endian. It may be negative in the field. */
  readonly serialNumber: Uint8Array
  /** AlgorithmIdentifier of the signature; the copy in `tbs` says the same. */
  readonly signatureAlgorithm: Uint8Array
  /** Name of the issuer. */
  readonly issuer: Uint8Array
  /** The Validity structure; `readValidity` decodes it. */
  readonly validity: Uint8Array
  /** Name of the subject. */
  readonly subject: Uint8Array
  /** SubjectPublicKeyInfo. */
  readonly spki: Uint8Array
  /** In the order of the certificate; no object identifier occurs twice, and there are at most 64. */
  readonly extensions: readonly CertificateExtension[]
  readonly signature: Uint8Array
  /** Unused bits at its end: 0 for a signature, or one certificate could be written in several ways. */
  readonly unusedSignatureBits: number
}

export interface CertificateExtension {
  readonly oid: string
  readonly critical: boolean
  /** The octets inside extnValue: the encoding of the extension's own type. */
  readonly value: Uint8Array
}

export interface CertificateOptions extends DerReaderOptions {
  /** Field devices write `critical` with octets other than 00 and FF: `any-non-zero` accepts them. */
  readonly booleans?: 'der' | 'any-non-zero'
}

/**
 * Cuts a certificate into its parts.
 *
 * @throws CodecError X509_* for what contradicts itself, DER_* for malformed encodings; DER_TRAILING if anything
 * follows the certificate.
 */
export function parseCertificate(encoded: Uint8Array, options: CertificateOptions = {}): Certificate {
  const outer = new DerReader(encoded, options)
  const certificate = outer.enter()
  outer.end()
  const tbs = certificate.readElement(asn1Tag.sequence)
  const signatureAlgorithm = certificate.readElement(asn1Tag.sequence)
  const { bytes: signature, unusedBits: unusedSignatureBits } = certificate.readBitString()
  certificate.end()
  const fields = parseTbs(new DerReader(tbs, options).enter(), signatureAlgorithm, options)
  return { encoded, tbs, signatureAlgorithm, signature, unusedSignatureBits, ...fields }
}

type TbsFields = Omit<
  Certificate,
  'encoded' | 'tbs' | 'signatureAlgorithm' | 'signature' | 'unusedSignatureBits'
>

function parseTbs(tbs: DerReader, signatureAlgorithm: Uint8Array, options: CertificateOptions): TbsFields {
  const version = readVersion(tbs)
  const serialNumber = tbs.readIntegerContent()
  if (!isSameAlgorithm(tbs.readElement(asn1Tag.sequence), signatureAlgorithm)) {
    throw new CodecError('X509_SIGNATURE_ALGORITHM')
  }
  const issuer = tbs.readElement(asn1Tag.sequence)
  if (issuer.length === 2) throw new CodecError('X509_ISSUER')
  const validity = readValidityElement(tbs, options)
  const subject = tbs.readElement(asn1Tag.sequence)
  const spki = tbs.readElement(asn1Tag.sequence)
  skipUniqueIds(tbs, version)
  const extensions = readExtensions(tbs, version, options.booleans ?? 'der')
  tbs.end()
  return { version, serialNumber, issuer, validity, subject, spki, extensions }
}

function readVersion(tbs: DerReader): 1 | 2 | 3 {
  const explicit = tbs.enterOptional(contextTag(0))
  if (explicit === undefined) return 1
  const value = explicit.readInteger()
  explicit.end()
  switch (value) {
    // DER leaves a default out, but version 1 written out is read by everyone.
    case 0:
    case 1:
    case 2:
      return (value + 1) as 1 | 2 | 3
    default:
      throw new CodecError('X509_VERSION', 'a certificate is of an unknown version')
  }
}

// Two times must be there; whether they are well-formed matters only to those who judge dates.
function readValidityElement(tbs: DerReader, options: CertificateOptions): Uint8Array {
  const validity = tbs.readElement(asn1Tag.sequence)
  const times = new DerReader(validity, options).enter()
  for (let i = 0; i < 2; i++) {
    const tag = times.skip()
    if (tag === asn1Tag.utcTime || tag === asn1Tag.generalizedTime) continue
    throw new CodecError('DER_TAG', 'a time is expected, and another element is found')
  }
  times.end()
  return validity
}

function skipUniqueIds(tbs: DerReader, version: 1 | 2 | 3): void {
  for (const number of [1, 2]) {
    if (tbs.peekTag() !== contextTag(number, 'primitive')) continue
    if (version === 1) throw new CodecError('X509_VERSION', 'a version 1 certificate has unique identifiers')
    tbs.skip()
  }
}

function readExtensions(
  tbs: DerReader,
  version: 1 | 2 | 3,
  booleans: 'der' | 'any-non-zero',
): readonly CertificateExtension[] {
  const explicit = tbs.enterOptional(contextTag(3))
  if (explicit === undefined) return []
  if (version !== 3) throw new CodecError('X509_VERSION', 'extensions in a certificate below version 3')
  const list = explicit.enter()
  explicit.end()
  if (list.atEnd) throw new CodecError('X509_EXTENSIONS', 'the list of extensions is empty')
  const extensions = new Map<string, CertificateExtension>()
  while (!list.atEnd) {
    if (extensions.size === mostExtensions) {
      throw new CodecError('X509_EXTENSIONS', 'a certificate has too many extensions')
    }
    const extension = readExtension(list.enter(), booleans)
    if (extensions.has(extension.oid)) {
      throw new CodecError('X509_EXTENSIONS', 'an extension occurs twice')
    }
    extensions.set(extension.oid, extension)
  }
  return [...extensions.values()]
}

/** Real certificates have up to fifteen. */
const mostExtensions = 64

function readExtension(extension: DerReader, booleans: 'der' | 'any-non-zero'): CertificateExtension {
  const oid = extension.readOid()
  const critical = extension.peekTag() === asn1Tag.boolean && extension.readBoolean(booleans)
  const value = extension.readOctetString()
  extension.end()
  return { oid, critical, value }
}

// Parameters that are NULL in one copy and left out in the other are the same to every verifier.
function isSameAlgorithm(a: Uint8Array, b: Uint8Array): boolean {
  return equal(a, b) || equal(withoutNull(a), withoutNull(b))
}

function withoutNull(algorithm: Uint8Array): Uint8Array {
  const content = new DerReader(algorithm, { encoding: 'ber' }).readContent(asn1Tag.sequence)
  return content.at(-2) === asn1Tag.null && content.at(-1) === 0 ? content.subarray(0, -2) : content
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
