import * as asn1 from 'asn1js'

/** Short names for what is written here. The encoding is asn1js's. */

export type Der = asn1.AsnType

export const encode = (value: Der): Buffer => Buffer.from(value.toBER())

/** What is encoded already, as a part of something else. */
export function encoded(der: Uint8Array): Der {
  const { result, offset } = asn1.fromBER(der)
  if (offset !== der.length) throw new Error('not one element in DER')
  return result
}

export const sequence = (...value: Der[]): Der => new asn1.Sequence({ value })
export const set = (...value: Der[]): Der => new asn1.Set({ value })
export const oid = (value: string): Der => new asn1.ObjectIdentifier({ value })
export const integer = (value: number | bigint): Der => asn1.Integer.fromBigInt(BigInt(value))
export const enumerated = (value: number): Der => new asn1.Enumerated({ value })
export const boolean = (value: boolean): Der => new asn1.Boolean({ value })
export const nothing = (): Der => new asn1.Null()
export const utf8String = (value: string): Der => new asn1.Utf8String({ value })
export const octets = (value: Uint8Array): Der => new asn1.OctetString({ valueHex: value })
export const bits = (value: Uint8Array, unusedBits = 0): Der =>
  new asn1.BitString({ valueHex: value, unusedBits })

/** `[number] EXPLICIT`. */
export const context = (number: number, ...value: Der[]): Der =>
  new asn1.Constructed({ idBlock: { tagClass: 3, tagNumber: number }, value })

/** RFC 5280 4.1.2.5: UTCTime up to 2049, GeneralizedTime from 2050 on. */
export function time(date: Date): Der {
  return date.getUTCFullYear() < 2050
    ? new asn1.UTCTime({ valueDate: date })
    : new asn1.GeneralizedTime({ valueDate: date })
}
