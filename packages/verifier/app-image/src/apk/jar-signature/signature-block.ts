import { createHash, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { parseSignedAttributes, parseSignedData } from '@assay/codec/cms'
import type { SignedAttributes, SignedData } from '@assay/codec/cms'
import type { CodecError } from '@assay/codec'
import { DerReader } from '@assay/codec/der'
import type { Certificate } from '@assay/codec/x509'
import { AppImageError } from '../../errors/app-image-error.ts'
import { decode } from './decode.ts'
import { digestName, signatureAlgorithm } from './algorithms.ts'
import type { SignatureAlgorithm } from './algorithms.ts'
import { apiLevel } from './sdk-range.ts'
import type { SdkRange } from './sdk-range.ts'
import { isNamedByIssuer, parseCertificates, publicKeyOf, signingCertificate } from './signing-certificate.ts'
import type { NamedSignerInfo } from './signing-certificate.ts'

/**
 * Verifies a signature block (`.RSA`, `.DSA`, `.EC`) over the signature file beside it and returns the signer's
 * certificate: that of the first SignerInfo that verifies. Before API level 24 the platform looks at the first
 * SignerInfo only. A SignerInfo whose digest, content type or signature does not hold is skipped; one that is
 * malformed or that not every platform of the range can verify refuses the block, as it does on the platform.
 *
 * @throws AppImageError JAR_SIGNATURE_BLOCK_MALFORMED, JAR_SIGNATURE_ALGORITHM, JAR_CERTIFICATE, JAR_SIGNATURE_INVALID.
 */
export function verifySignatureBlock(
  block: Uint8Array,
  signatureFile: Uint8Array,
  range: SdkRange,
): Uint8Array {
  const signedData = decode(() => parseSignedData(block, { trailingBytes: 'ignore' }), unreadable)
  const { signerInfos } = signedData
  if (signerInfos.length === 0) throw malformed('a JAR signature block has no signer')
  if (!signerInfos.every(isNamedByIssuer)) {
    throw malformed('a JAR signer is not named by issuer and serial number')
  }
  const certificates = parseCertificates(signedData)
  const tried = range.minSdk < apiLevel.nougat ? signerInfos.slice(0, 1) : signerInfos
  const verified = tried.map((info) =>
    verifySignerInfo({ info, signedData, certificates, signatureFile, range }),
  )
  const signer = verified.find((certificate) => certificate !== undefined)
  if (signer === undefined) throw new AppImageError('JAR_SIGNATURE_INVALID')
  return signer.encoded
}

interface Verification {
  readonly info: NamedSignerInfo
  readonly signedData: SignedData
  readonly certificates: readonly Certificate[]
  readonly signatureFile: Uint8Array
  readonly range: SdkRange
}

function verifySignerInfo(verification: Verification): Certificate | undefined {
  const { info, certificates, signatureFile, range } = verification
  const algorithm = signatureAlgorithm(info.digestAlgorithm, info.signatureAlgorithm, range)
  if (algorithm === undefined) {
    throw new AppImageError('JAR_SIGNATURE_ALGORITHM')
  }
  const certificate = signingCertificate(certificates, info)
  const key = publicKeyOf(certificate)
  if (key.asymmetricKeyType !== algorithm.keyType) {
    throw new AppImageError(
      'JAR_CERTIFICATE',
      'the key of a JAR signer is of the wrong type for its signature',
    )
  }
  if (info.signedAttributes === undefined) {
    return isSignedBy(key, algorithm, signatureFile, info.signature) ? certificate : undefined
  }
  if (!attributesHold(info.signedAttributes, verification)) return undefined
  return isSignedBy(key, algorithm, info.signedAttributes, info.signature) ? certificate : undefined
}

function attributesHold(
  encoded: Uint8Array,
  { info, signedData, signatureFile, range }: Verification,
): boolean {
  // Before 4.4 the platform did not compare the digest, so that the signature would cover nothing.
  if (range.minSdk < apiLevel.kitKat) {
    throw new AppImageError('JAR_SIGNATURE_INVALID', 'signed attributes are not safe before API level 19')
  }
  const attributes = decode(() => parseSignedAttributes(encoded), unreadable)
  if (!contentTypeHolds(attributes, signedData, range)) return false
  if (attributes.messageDigest === undefined) throw malformed('signed attributes lack the message digest')
  const hash = digestName(info.digestAlgorithm) as string
  return createHash(hash).update(signatureFile).digest().equals(attributes.messageDigest)
}

function contentTypeHolds(
  { contentType }: SignedAttributes,
  signedData: SignedData,
  range: SdkRange,
): boolean {
  if (range.maxSdk < apiLevel.nougat) return true
  if (contentType === undefined) throw malformed('signed attributes lack the content type')
  return contentType === signedData.contentType
}

function isSignedBy(
  key: KeyObject,
  { hash }: SignatureAlgorithm,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  decode(() => checkForm(key, signature), unreadable)
  return verify(hash, data, key, signature)
}

// A signature that no key could have made refuses the block; a wrong one only its SignerInfo.
function checkForm(key: KeyObject, signature: Uint8Array): void {
  if (key.asymmetricKeyType === 'rsa') {
    const { modulusLength } = key.asymmetricKeyDetails as { modulusLength: number }
    if (signature.length !== Math.ceil(modulusLength / 8))
      throw malformed('a JAR signature is not as long as its key')
    return
  }
  const outer = new DerReader(signature)
  const numbers = outer.enter()
  outer.end()
  numbers.readUnsigned()
  numbers.readUnsigned()
  numbers.end()
}

function unreadable(cause: CodecError): never {
  throw malformed('a JAR signature block is malformed', cause)
}

function malformed(message: string, cause?: CodecError): AppImageError {
  return new AppImageError('JAR_SIGNATURE_BLOCK_MALFORMED', message, { cause })
}
