import { CodecError } from '../errors/codec-error.ts'
import { DerReader } from '../der/reader.ts'
import { asn1Tag, contextTag } from '../der/tags.ts'

/** Object identifiers of CMS (RFC 5652). */
export const cmsOid = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentTypeAttribute: '1.2.840.113549.1.9.3',
  messageDigestAttribute: '1.2.840.113549.1.9.4',
} as const

/** A SignedData (RFC 5652 section 5), cut into its parts. Nothing is verified. */
export interface SignedData {
  /** Type of the signed content, dotted. */
  readonly contentType: string
  /** The content, or undefined if it is kept elsewhere (detached). */
  readonly content: Uint8Array | undefined
  /** The members of `certificates`, each as encoded: usually X.509 certificates, in no particular order. */
  readonly certificates: readonly Uint8Array[]
  readonly signerInfos: readonly SignerInfo[]
}

export interface SignerInfo {
  readonly signer: SignerIdentifier
  /** Dotted. */
  readonly digestAlgorithm: string
  /** Dotted: either of a signature algorithm or, as PKCS #7 had it, of the key's. */
  readonly signatureAlgorithm: string
  /** Encoding of the parameters of the signature algorithm, if there are any. */
  readonly signatureParameters: Uint8Array | undefined
  /**
   * The signed attributes with the tag of a SET OF, as they are digested (RFC 5652 5.4), or undefined where the
   * signature is over the content itself. Otherwise as encoded: members out of DER order stay where they are, because
   * the verifiers of the field digest what was sent. `parseSignedAttributes` reads them.
   */
  readonly signedAttributes: Uint8Array | undefined
  readonly signature: Uint8Array
}

export type SignerIdentifier =
  | {
      readonly kind: 'issuer-and-serial-number'
      readonly issuer: Uint8Array
      readonly serialNumber: Uint8Array
    }
  | { readonly kind: 'subject-key-identifier'; readonly keyIdentifier: Uint8Array }

export interface SignedDataOptions {
  /** Whether bytes may follow the ContentInfo: every platform reads JAR signature blocks this way. */
  readonly trailingBytes?: 'refuse' | 'ignore'
}

/**
 * Reads a ContentInfo that holds SignedData. CMS is BER, so indefinite lengths and octet strings in segments are read.
 *
 * @throws CodecError CMS_CONTENT_TYPE if it holds something else, CMS_SIGNER_IDENTIFIER, DER_* if it is malformed.
 */
export function parseSignedData(encoded: Uint8Array, options: SignedDataOptions = {}): SignedData {
  const outer = new DerReader(encoded, { encoding: 'ber' })
  const contentInfo = outer.enter()
  if (options.trailingBytes !== 'ignore') outer.end()
  if (contentInfo.readOid() !== cmsOid.signedData) {
    throw new CodecError('CMS_CONTENT_TYPE')
  }
  const explicit = contentInfo.enter(contextTag(0))
  contentInfo.end()
  const signedData = explicit.enter()
  explicit.end()
  return readSignedData(signedData)
}

function readSignedData(signedData: DerReader): SignedData {
  signedData.readInteger()
  const digestAlgorithms = signedData.enter(asn1Tag.set)
  while (!digestAlgorithms.atEnd) readAlgorithm(digestAlgorithms.enter())
  const { contentType, content } = readEncapsulatedContent(signedData.enter())
  const certificates = readElements(signedData.enterOptional(contextTag(0)))
  signedData.enterOptional(contextTag(1))
  const infos = signedData.enter(asn1Tag.set)
  signedData.end()
  const signerInfos: SignerInfo[] = []
  while (!infos.atEnd) signerInfos.push(readSignerInfo(infos.enter()))
  return { contentType, content, certificates, signerInfos }
}

function readEncapsulatedContent(encapsulated: DerReader): Pick<SignedData, 'contentType' | 'content'> {
  const contentType = encapsulated.readOid()
  const explicit = encapsulated.enterOptional(contextTag(0))
  encapsulated.end()
  const content = explicit?.readOctetString()
  explicit?.end()
  return { contentType, content }
}

function readElements(set: DerReader | undefined): Uint8Array[] {
  const elements: Uint8Array[] = []
  while (set !== undefined && !set.atEnd) elements.push(set.readElement())
  return elements
}

function readSignerInfo(info: DerReader): SignerInfo {
  info.readInteger()
  const signer = readSignerIdentifier(info)
  const digestAlgorithm = readAlgorithm(info.enter()).oid
  const signedAttributes = readSignedAttributes(info)
  const { oid: signatureAlgorithm, parameters: signatureParameters } = readAlgorithm(info.enter())
  const signature = info.readOctetString()
  info.enterOptional(contextTag(1))
  info.end()
  return { signer, digestAlgorithm, signatureAlgorithm, signatureParameters, signedAttributes, signature }
}

function readSignerIdentifier(info: DerReader): SignerIdentifier {
  switch (info.peekTag()) {
    case asn1Tag.sequence: {
      const pair = info.enter()
      const issuer = pair.readElement(asn1Tag.sequence)
      const serialNumber = pair.readIntegerContent()
      pair.end()
      return { kind: 'issuer-and-serial-number', issuer, serialNumber }
    }
    case contextTag(0, 'primitive'):
      return { kind: 'subject-key-identifier', keyIdentifier: info.readContent(contextTag(0, 'primitive')) }
    default:
      throw new CodecError('CMS_SIGNER_IDENTIFIER')
  }
}

function readAlgorithm(algorithm: DerReader): { oid: string; parameters: Uint8Array | undefined } {
  const oid = algorithm.readOid()
  const parameters = algorithm.atEnd ? undefined : algorithm.readElement()
  algorithm.end()
  return { oid, parameters }
}

function readSignedAttributes(info: DerReader): Uint8Array | undefined {
  if (info.peekTag() !== contextTag(0)) return undefined
  const encoded = Uint8Array.from(info.readElement())
  encoded[0] = asn1Tag.set
  return encoded
}
