/**
 * Universal tags as the reader reports them: the identifier octet. A tag number of 31 or more (the multi-octet form)
 * is reported as the identifier octet plus the number shifted by eight bits; `contextTag` builds both forms.
 */
export const asn1Tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

/** Largest tag number that the reader accepts: 21 bits, three octets of the long form. */
export const maxTagNumber = 0x1f_ffff

const longForm = 0x1f

/** The tag `[number]`: constructed, as in explicit tagging, unless said otherwise. */
export function contextTag(number: number, form: 'constructed' | 'primitive' = 'constructed'): number {
  const octet = form === 'constructed' ? 0xa0 : 0x80
  return number < longForm ? octet | number : octet | longForm | (number << 8)
}

/** The number of a tag as the reader reports it, whatever its class. */
export function tagNumber(tag: number): number {
  const low = tag & longForm
  return low === longForm ? tag >>> 8 : low
}

/** Whether the tag is context-specific. */
export function isContextTag(tag: number): boolean {
  return (tag & 0xc0) === 0x80
}

/** Whether the element consists of elements. */
export function isConstructed(tag: number): boolean {
  return (tag & 0x20) !== 0
}
