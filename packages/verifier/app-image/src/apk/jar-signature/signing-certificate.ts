import { createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { CodecError } from '@assay/codec'
import { decodeBigInteger, DerReader } from '@assay/codec/der'
import type { SignedData, SignerIdentifier, SignerInfo } from '@assay/codec/cms'
import { equalNames, parseCertificate, parseName } from '@assay/codec/x509'
import type { Certificate } from '@assay/codec/x509'
import { AppImageError } from '../../errors/app-image-error.ts'
import { decode } from './decode.ts'

const keyUsageOid = '2.5.29.15'
// The bits are numbered from the most significant one of the first octet.
const digitalSignatureOrNonRepudiation = 0xc0

/** Extensions that the platform's certificate readers know, and that may therefore be critical. */
const knownExtensions: ReadonlySet<string> = new Set([
  ...[14, 15, 16, 17, 18, 19, 30, 31, 32, 33, 35, 36, 37, 46, 54].map((arc) => `2.5.29.${arc}`),
  '1.3.6.1.5.5.7.1.1',
  '1.3.6.1.5.5.7.1.11',
  '1.3.6.1.5.5.7.48.1.5',
  '2.16.840.1.113730.1.1',
])

/** A SignerInfo that names its certificate in the one way that the platform knows. */
export interface NamedSignerInfo extends SignerInfo {
  readonly signer: Extract<SignerIdentifier, { kind: 'issuer-and-serial-number' }>
}

/** Whether a SignerInfo names its certificate by issuer and serial number. */
export function isNamedByIssuer(info: SignerInfo): info is NamedSignerInfo {
  return info.signer.kind === 'issuer-and-serial-number'
}

/**
 * All certificates of a signature block. Some in the field are not DER, and their bytes must not be changed by reading
 * them: the platform compares signers by these very bytes.
 *
 * @throws AppImageError JAR_CERTIFICATE if one of them is not a certificate.
 */
export function parseCertificates({ certificates }: SignedData): readonly Certificate[] {
  return decode(() => certificates.map(parseWhole), unreadable)
}

function parseWhole(encoded: Uint8Array): Certificate {
  const certificate = parseCertificate(encoded, { encoding: 'ber', booleans: 'any-non-zero' })
  parseName(certificate.issuer)
  parseName(certificate.subject)
  return certificate
}

/**
 * The certificate that a SignerInfo names, fit for signing. Neither its dates nor its issuer count.
 *
 * @throws AppImageError JAR_CERTIFICATE if it is missing, has an unknown critical extension, or its key usage names
 * other uses only.
 */
export function signingCertificate(
  certificates: readonly Certificate[],
  { signer }: NamedSignerInfo,
): Certificate {
  const certificate = decode(() => certificates.find((candidate) => isNamedBy(candidate, signer)), unreadable)
  if (certificate === undefined) throw refused('the certificate of a JAR signer is missing')
  for (const { oid, critical, value } of certificate.extensions) {
    if (critical && !knownExtensions.has(oid))
      throw refused('a certificate has an unknown critical extension')
    if (oid !== keyUsageOid) continue
    // The platform treats an unreadable extension as absent if it need not be understood.
    if (
      !decode(
        () => admitsSigning(value),
        () => !critical,
      )
    )
      throw refused('a key is not for signing')
  }
  return certificate
}

/** The key of a certificate. @throws AppImageError JAR_CERTIFICATE if it is malformed or of an unknown kind. */
export function publicKeyOf({ spki }: Certificate): KeyObject {
  const key = Buffer.from(spki.buffer, spki.byteOffset, spki.length)
  try {
    return createPublicKey({ key, format: 'der', type: 'spki' })
  } catch (cause) {
    throw refused('the key of a certificate cannot be read', cause)
  }
}

function isNamedBy(certificate: Certificate, signer: NamedSignerInfo['signer']): boolean {
  const sameSerial = decodeBigInteger(certificate.serialNumber) === decodeBigInteger(signer.serialNumber)
  return sameSerial && equalNames(certificate.issuer, signer.issuer)
}

function admitsSigning(keyUsage: Uint8Array): boolean {
  const reader = new DerReader(keyUsage, { encoding: 'ber' })
  const { bytes } = reader.readBitString()
  reader.end()
  return ((bytes[0] ?? 0) & digitalSignatureOrNonRepudiation) !== 0
}

function unreadable(cause: CodecError): never {
  throw refused('a certificate in a JAR signature is malformed', cause)
}

function refused(message: string, cause?: unknown): AppImageError {
  return new AppImageError('JAR_CERTIFICATE', message, { cause })
}
