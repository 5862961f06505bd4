import { createHash, createPublicKey, verify } from 'node:crypto'
import { CodecError } from '@assay/codec'
import { parseSignedAttributes, parseSignedData, type SignerInfo } from '@assay/codec/cms'
import { decodeBigInteger } from '@assay/codec/der'
import { equalNames, parseCertificate, type Certificate } from '@assay/codec/x509'
import { AppImageError } from '../errors/app-image-error.ts'
import { machOLimits } from './limits.ts'
import { malformedSignature } from './mach-o-error.ts'

const wrapperMagic = 0xfade0b01
const wrapperHeaderLength = 8

/** Digests by object identifier, as `node:crypto` names them. */
const digests: ReadonlyMap<string, string> = new Map([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
])

/** Kinds of keys by the object identifier of a signature algorithm, or of a key, as PKCS #7 had it. */
const keyTypes: ReadonlyMap<string, 'rsa' | 'ec'> = new Map([
  ['1.2.840.113549.1.1.1', 'rsa'],
  ['1.2.840.113549.1.1.5', 'rsa'],
  ['1.2.840.113549.1.1.11', 'rsa'],
  ['1.2.840.113549.1.1.12', 'rsa'],
  ['1.2.840.113549.1.1.13', 'rsa'],
  ['1.2.840.10045.2.1', 'ec'],
  ['1.2.840.10045.4.1', 'ec'],
  ['1.2.840.10045.4.3.2', 'ec'],
  ['1.2.840.10045.4.3.3', 'ec'],
  ['1.2.840.10045.4.3.4', 'ec'],
])

/**
 * Verifies the CMS signature over the CodeDirectory in slot 0, that of each signer by the certificate that it brings.
 * The owner, issuer and validity of that certificate are not judged. An empty signature, or none, is the result of ad
 * hoc signing: then nothing is verified.
 *
 * @param wrapper the blob in slot 0x10000
 * @returns the certificates that came with it, the signer's first; none without a signature, or with several signers
 * @throws AppImageError `MACHO_SIGNATURE_MALFORMED`, `MACHO_SIGNATURE_INVALID`
 */
export function verifyCmsSignature(
  wrapper: Buffer | undefined,
  codeDirectory: Buffer,
): readonly Uint8Array[] {
  if (wrapper === undefined) return []
  if (wrapper.readUInt32BE(0) !== wrapperMagic || wrapper.length > machOLimits.cms) {
    throw malformedSignature('the slot of the CMS signature is empty')
  }
  if (wrapper.length === wrapperHeaderLength) return []
  try {
    return verifySignedData(wrapper.subarray(wrapperHeaderLength), codeDirectory)
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    throw malformedSignature('the CMS signature is malformed', error)
  }
}

/** @throws AppImageError, CodecError */
function verifySignedData(encoded: Buffer, codeDirectory: Buffer): readonly Uint8Array[] {
  const { signerInfos, certificates } = parseSignedData(encoded, { trailingBytes: 'ignore' })
  if (signerInfos.length === 0 || signerInfos.length > machOLimits.signers) {
    throw malformedSignature('the CMS signature has no signer, or too many')
  }
  const readable = certificates.flatMap((each) => readCertificate(each) ?? [])
  const signers = signerInfos.map((info) => verifySigner(info, readable, codeDirectory))
  const [signer, ...others] = signers
  if (signer === undefined || others.length > 0) return []
  return [signer, ...readable.filter((each) => each !== signer)].map(({ encoded: bytes }) => bytes)
}

/**
 * Apple's own signatures have no signed attributes: the signature is over the directory then (RFC 5652 section 5.4).
 */
function verifySigner(
  info: SignerInfo,
  certificates: readonly Certificate[],
  codeDirectory: Buffer,
): Certificate {
  const hash = digests.get(info.digestAlgorithm)
  if (hash === undefined) throw invalid('the CMS signature has a digest of an unknown type')
  const { signedAttributes } = info
  if (signedAttributes !== undefined) {
    const { messageDigest } = parseSignedAttributes(signedAttributes)
    const digest = createHash(hash).update(codeDirectory).digest()
    if (messageDigest === undefined || !digest.equals(messageDigest)) {
      throw invalid('the CMS signature is over another CodeDirectory')
    }
  }
  const certificate = certificates.find((each) => isNamedBy(each, info))
  if (certificate === undefined) throw invalid('the CMS signature lacks the certificate of its signer')
  if (!isSignedBy(certificate, info, signedAttributes ?? codeDirectory, hash)) {
    throw invalid('the CMS signature does not verify')
  }
  return certificate
}

/** Undefined for a certificate that cannot be read: it may be one that no signer needs. */
function readCertificate(encoded: Uint8Array): Certificate | undefined {
  try {
    return parseCertificate(encoded, { encoding: 'ber', booleans: 'any-non-zero' })
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    return undefined
  }
}

function isNamedBy({ serialNumber, issuer }: Certificate, { signer }: SignerInfo): boolean {
  if (signer.kind !== 'issuer-and-serial-number') return false
  return (
    decodeBigInteger(serialNumber) === decodeBigInteger(signer.serialNumber) &&
    equalNames(issuer, signer.issuer)
  )
}

function isSignedBy({ spki }: Certificate, info: SignerInfo, signed: Uint8Array, hash: string): boolean {
  const keyType = keyTypes.get(info.signatureAlgorithm)
  if (keyType === undefined) return false
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
    return key.asymmetricKeyType === keyType && verify(hash, signed, key, info.signature)
  } catch {
    // The key, or a signature of its kind, cannot be read.
    return false
  }
}

function invalid(message: string): AppImageError {
  return new AppImageError('MACHO_SIGNATURE_INVALID', message)
}
