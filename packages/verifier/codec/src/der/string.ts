import { CodecError } from '../errors/codec-error.ts'
import { decodeStrictUtf8 } from '../text/index.ts'
import { asn1Tag } from './tags.ts'

/** Whether the tag is that of a character string which `decodeString` can decode. */
export function isStringTag(tag: number): boolean {
  switch (tag) {
    case asn1Tag.utf8String:
    case asn1Tag.numericString:
    case asn1Tag.printableString:
    case asn1Tag.teletexString:
    case asn1Tag.ia5String:
    case asn1Tag.visibleString:
    case asn1Tag.universalString:
    case asn1Tag.bmpString:
      return true
    default:
      return false
  }
}

/**
 * The text of a character string. The types that are subsets of ASCII are held to ASCII and not to their own
 * repertoire (issuers write `@` and `*` into PrintableString); TeletexString is read as Latin-1, as everyone does.
 *
 * @throws CodecError DER_VALUE if the octets are not text of the type.
 */
export function decodeString(tag: number, content: Uint8Array): string {
  switch (tag) {
    case asn1Tag.utf8String:
      return decodeUtf8(content)
    case asn1Tag.bmpString:
      return decodeUnits(content, 2)
    case asn1Tag.universalString:
      return decodeUnits(content, 4)
    case asn1Tag.teletexString:
      return latin1(content)
    default:
      return decodeAscii(content)
  }
}

function decodeUtf8(content: Uint8Array): string {
  const text = decodeStrictUtf8(content)
  if (text === undefined) throw malformed()
  return text
}

function decodeAscii(content: Uint8Array): string {
  for (let i = 0; i < content.length; i++) if ((content[i] as number) >= 0x80) throw malformed()
  return latin1(content)
}

function decodeUnits(content: Uint8Array, size: 2 | 4): string {
  if (content.length % size !== 0) throw malformed()
  let text = ''
  for (let i = 0; i < content.length; i += size) {
    let unit = 0
    for (let j = 0; j < size; j++) unit = unit * 256 + (content[i + j] as number)
    if (unit > 0x10ffff) throw malformed()
    text += String.fromCodePoint(unit)
  }
  return text
}

function latin1(content: Uint8Array): string {
  return Buffer.from(content.buffer, content.byteOffset, content.length).toString('latin1')
}

function malformed(): CodecError {
  return new CodecError('DER_VALUE', 'a character string is malformed')
}
