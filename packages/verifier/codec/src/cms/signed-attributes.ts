import { CodecError } from '../errors/codec-error.ts'
import { DerReader } from '../der/reader.ts'
import { asn1Tag } from '../der/tags.ts'
import { cmsOid } from './signed-data.ts'

/** The signed attributes that every verifier needs; others may be present but are not read. */
export interface SignedAttributes {
  /** Type of the signed content, dotted; undefined if the attribute is missing. */
  readonly contentType: string | undefined
  /** Digest of the signed content; undefined if the attribute is missing. */
  readonly messageDigest: Uint8Array | undefined
}

/**
 * Reads signed attributes in the SET form that `SignerInfo.signedAttributes` has.
 *
 * @throws CodecError CMS_ATTRIBUTES if any attribute occurs twice or one of the two has several values, DER_* if they
 * are malformed.
 */
export function parseSignedAttributes(encoded: Uint8Array): SignedAttributes {
  const attributes = readAttributes(encoded)
  const contentType = singleValue(attributes.get(cmsOid.contentTypeAttribute))
  const messageDigest = singleValue(attributes.get(cmsOid.messageDigestAttribute))
  return {
    contentType: contentType?.readOid(),
    messageDigest: messageDigest?.readContent(asn1Tag.octetString),
  }
}

function readAttributes(encoded: Uint8Array): Map<string, DerReader> {
  const outer = new DerReader(encoded, { encoding: 'ber' })
  const set = outer.enter(asn1Tag.set)
  outer.end()
  const attributes = new Map<string, DerReader>()
  while (!set.atEnd) {
    const attribute = set.enter()
    const type = attribute.readOid()
    if (attributes.has(type)) throw new CodecError('CMS_ATTRIBUTES', 'a signed attribute occurs twice')
    attributes.set(type, attribute.enter(asn1Tag.set))
    attribute.end()
  }
  return attributes
}

function singleValue(values: DerReader | undefined): DerReader | undefined {
  if (values === undefined || values.atEnd) return undefined
  const value = values.readElement()
  if (!values.atEnd) throw new CodecError('CMS_ATTRIBUTES', 'a signed attribute has several values')
  return new DerReader(value, { encoding: 'ber' })
}
