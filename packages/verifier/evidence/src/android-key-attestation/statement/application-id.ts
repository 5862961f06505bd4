import { asn1Tag, DerReader } from '@assay/codec/der'
import { decodeStrictUtf8 } from '@assay/codec/text'
import { CodecError } from '@assay/codec'

/** Who may use the key, according to the system. */
export interface ApplicationId {
  /**
   * Every package that shares the user id. A `longVersionCode` has 64 bits: beyond 2^53 it is rounded to the nearest
   * number, which no registered build has.
   */
  readonly packages: readonly { readonly name: string; readonly versionCode: number }[]
  /** SHA-256 of each current signing certificate, lower-case hex. */
  readonly signatureDigests: readonly string[]
}

/**
 * Reads an AttestationApplicationId, which the key description holds in an OCTET STRING.
 *
 * @throws CodecError DER_* unless it is exactly one
 */
export function readApplicationId(octets: Uint8Array): ApplicationId {
  const outer = new DerReader(octets)
  const fields = outer.enter()
  outer.end()
  const packages = members(fields, readPackage)
  const signatureDigests = members(fields, readDigest)
  fields.end()
  return { packages, signatureDigests }
}

function readPackage(set: DerReader): ApplicationId['packages'][number] {
  const fields = set.enter()
  const name = decodeStrictUtf8(fields.readOctetString())
  if (name === undefined) throw new CodecError('DER_VALUE', 'the name of a package is not text')
  const versionCode = fields.readBigInteger()
  if (BigInt.asIntN(64, versionCode) !== versionCode)
    throw new CodecError('DER_VALUE', 'a version code has more than 64 bits')
  fields.end()
  return { name, versionCode: Number(versionCode) }
}

function readDigest(set: DerReader): string {
  return Buffer.from(set.readOctetString()).toString('hex')
}

function members<T>(reader: DerReader, read: (set: DerReader) => T): T[] {
  const set = reader.enter(asn1Tag.set)
  const values: T[] = []
  while (!set.atEnd) values.push(read(set))
  return values
}
