import { AppImageError } from '../../errors/app-image-error.ts'
import { readCertificate, readPublicKey } from './certificate.ts'
import type { SigningCertificate } from './certificate.ts'
import type { RecordReader } from './record-reader.ts'
import { malformedBlock } from './record-reader.ts'
import { digestStrength, signatureAlgorithm, verifySignature } from './signature-algorithms.ts'
import type { ContentDigestKind, SignatureAlgorithm } from './signature-algorithms.ts'

const mostCertificates = 32

export interface Attribute {
  id: number
  value: Buffer
}

export interface ExpectedDigest {
  kind: ContentDigestKind
  value: Buffer
}

/** A signer of scheme v2, v3 or v3.1 whose signature over its signed data is valid. */
export interface VerifiedSigner {
  certificates: [SigningCertificate, ...SigningCertificate[]]
  /** The expected content digests, for the algorithms that some supported device uses. */
  digests: ExpectedDigest[]
  attributes: Attribute[]
  minSdk: number
  maxSdk: number
}

interface ListedSignature {
  id: number
  value: Buffer
}

/** SDK levels of a signer of scheme v2, which does not name any. */
interface SdkRange {
  minSdk: number
  maxSdk: number
}

const targetsDevelopmentRelease = 0xc2a6b3ba

/**
 * Verifies one signer record and reads what it signs.
 *
 * @param range for scheme v2, the levels to verify for; v3 and v3.1 signers carry their own.
 * @throws AppImageError `APK_…`
 */
export function verifySigner(signer: RecordReader, range?: SdkRange): VerifiedSigner {
  const signedData = signer.record()
  const { minSdk, maxSdk } = range ?? readRange(signer)
  const signatures = readSignatures(signer.record())
  const publicKey = signer.prefixed()

  const key = readPublicKey(publicKey)
  const verified = signaturesToVerify(signatures, minSdk, maxSdk)
  for (const { algorithm, value } of verified) {
    if (!verifySignature(algorithm, key, signedData.bytes, value)) {
      throw new AppImageError('APK_SIGNATURE_INVALID')
    }
  }

  const digests = signedData.record()
  const certificates = readCertificates(signedData.record())
  if (range === undefined && (signedData.int32() !== minSdk || signedData.int32() !== maxSdk)) {
    throw new AppImageError('APK_SDK_RANGE', 'the SDK levels of a signer differ from the signed ones')
  }
  const attributes = readAttributes(signedData.record())
  checkKey(publicKey, certificates[0])
  const kinds = new Set(verified.map(({ algorithm }) => algorithm.contentDigest))
  return { certificates, digests: readDigests(digests, signatures, kinds), attributes, minSdk, maxSdk }
}

/** Whether a signer is meant for a release in development, which has the SDK level of the release before it. */
export function isForDevelopmentRelease(signer: VerifiedSigner): boolean {
  return signer.attributes.some(({ id }) => id === targetsDevelopmentRelease)
}

function readRange(signer: RecordReader): SdkRange {
  const minSdk = signer.int32()
  const maxSdk = signer.int32()
  if (minSdk < 0 || minSdk > maxSdk) {
    throw new AppImageError('APK_SDK_RANGE', 'a signer names no range of SDK levels')
  }
  return { minSdk, maxSdk }
}

function readSignatures(list: RecordReader): ListedSignature[] {
  const signatures: ListedSignature[] = []
  for (const record of list.records()) signatures.push({ id: record.uint32(), value: record.prefixed() })
  if (signatures.length === 0) throw new AppImageError('APK_SIGNATURE_INVALID', 'a signer has no signature')
  return signatures
}

/**
 * The signatures that some device in the range verifies. A device takes the one with the strongest content digest
 * among those it knows, so there is one per SDK level at which a stronger one became known.
 */
function signaturesToVerify(
  signatures: readonly ListedSignature[],
  minSdk: number,
  maxSdk: number,
): { algorithm: SignatureAlgorithm; value: Buffer }[] {
  const best = new Map<number, { algorithm: SignatureAlgorithm; value: Buffer }>()
  for (const { id, value } of signatures) {
    const algorithm = signatureAlgorithm(id)
    if (algorithm === undefined || algorithm.minSdk > maxSdk) continue
    const rival = best.get(algorithm.minSdk)?.algorithm
    const isBetter =
      rival === undefined || digestStrength[algorithm.contentDigest] > digestStrength[rival.contentDigest]
    if (isBetter) best.set(algorithm.minSdk, { algorithm, value })
  }
  if (best.size === 0 || Math.min(...best.keys()) > minSdk) {
    throw new AppImageError('APK_SIGNATURE_ALGORITHM')
  }
  return [...best.values()]
}

function readCertificates(list: RecordReader): [SigningCertificate, ...SigningCertificate[]] {
  const certificates: SigningCertificate[] = []
  while (!list.done) {
    certificates.push(readCertificate(list.prefixed()))
    if (certificates.length > mostCertificates) {
      throw new AppImageError('APK_CERTIFICATE', 'a signer has too many certificates')
    }
  }
  const [first, ...rest] = certificates
  if (first === undefined) throw new AppImageError('APK_CERTIFICATE', 'a signer has no certificate')
  return [first, ...rest]
}

function checkKey(publicKey: Buffer, certificate: SigningCertificate): void {
  const certified = certificate.key.export({ format: 'der', type: 'spki' })
  if (!publicKey.equals(certified)) {
    throw new AppImageError('APK_CERTIFICATE', "a signer's public key is not that of its certificate")
  }
}

/** The digests list must name the same algorithms as the signatures list, in the same order. */
function readDigests(
  list: RecordReader,
  signatures: readonly ListedSignature[],
  kinds: ReadonlySet<ContentDigestKind>,
): ExpectedDigest[] {
  const expected: ExpectedDigest[] = []
  let index = 0
  for (const record of list.records()) {
    const id = record.uint32()
    const value = record.prefixed()
    if (id !== signatures[index++]?.id) throw algorithmsDiffer()
    const kind = signatureAlgorithm(id)?.contentDigest
    if (kind !== undefined && kinds.has(kind)) expected.push({ kind, value })
  }
  if (index !== signatures.length) throw algorithmsDiffer()
  return expected
}

function readAttributes(list: RecordReader): Attribute[] {
  const attributes: Attribute[] = []
  for (const record of list.records()) attributes.push({ id: record.uint32(), value: record.rest() })
  return attributes
}

/** The uint32 at the start of an attribute. */
export function attributeNumber(attribute: Attribute): number {
  if (attribute.value.length < 4) throw malformedBlock()
  return attribute.value.readUInt32LE(0)
}

function algorithmsDiffer(): AppImageError {
  return new AppImageError('APK_SIGNATURE_ALGORITHM', 'signatures and digests name different algorithms')
}
