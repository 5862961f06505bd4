import { CodecError, codecErrorCodes } from '@assay/codec'
import { asn1Tag, contextTag, DerReader, isConstructed, isContextTag, tagNumber } from '@assay/codec/der'
import { outcomeOfThrowing } from '../target/refusals.ts'
import { base64In } from '../inputs/vector-inputs.ts'
import type { Target } from '../target/target.ts'

/** Reads every element by the method of its type, first as DER and then as BER. */
export const target: Target = {
  run(input) {
    const strict = read(input, 'der')
    const tolerant = read(input, 'ber')
    return strict === 'accepted' ? tolerant : strict
  },
  seeds: [
    '30060201010101ff',
    '3080240404020102040103000000',
    // Character strings of two and four octets for each character, times, long tags and integers.
    '30201e0400e920ac1c080001f600000000411405e9e0e8e7e6',
    '1e03000000',
    '1c0400110000',
    '300f170d3236313132353132303030305a',
    '1811323032363131323531323030302e355a',
    '1812323032363131323531323030302e3530305a',
    '170d3236313333353939303030305a',
    '170d3236313132353235303030305a',
    'bf855d03020101',
    'bf8080050100',
    'bfffffff7f00',
    'bf1e00',
    'bf85',
    '02080fffffffffffffff',
    '02091000000000000000ff',
    '0208001fffffffffffff',
    '0a0101',
    '0203000001',
    '060388378001',
    '308400000003020101',
    '30850000000003020101',
    '308100',
    '0000',
    '03020801',
    '030101',
    '03020181',
    '0500',
    '050100',
    '0103ffffff',
    '010101',
  ].map((hex) => Buffer.from(hex, 'hex')),
  vectors: { folder: 'android-key-attestation', inputs: ({ chain }) => base64In(chain).slice(0, 1) },
}

function read(input: Uint8Array, encoding: 'der' | 'ber'): string {
  return outcomeOfThrowing(() => walk(new DerReader(input, { encoding })), CodecError, codecErrorCodes)
}

function walk(reader: DerReader): void {
  while (!reader.atEnd) readNext(reader, reader.peekTag() as number)
  reader.end()
}

function readNext(reader: DerReader, tag: number): void {
  switch (tag) {
    case asn1Tag.boolean:
      readTruth(reader)
      return
    case asn1Tag.integer:
      readInteger(reader)
      return
    case asn1Tag.enumerated:
      reader.readEnumerated()
      return
    case asn1Tag.bitString:
      reader.readBitString()
      return
    case asn1Tag.octetString:
    case asn1Tag.octetString | 0x20:
      readOctets(reader)
      return
    case asn1Tag.null:
      reader.readNull()
      return
    case asn1Tag.objectIdentifier:
      reader.readOid()
      return
    case asn1Tag.utcTime:
    case asn1Tag.generalizedTime:
      reader.readTime()
      return
    default:
      readOther(reader, tag)
  }
}

function readTruth(reader: DerReader): void {
  const element = reader.readElement()
  new DerReader(element).readBoolean('any-non-zero')
  new DerReader(element).readBoolean()
}

/** The same element in each of the forms that callers ask for. */
function readInteger(reader: DerReader): void {
  const element = reader.readElement()
  const options = { encoding: 'ber' } as const
  new DerReader(element, options).readUnsigned()
  new DerReader(element, options).readBigInteger()
  new DerReader(element).readInteger()
}

function readOctets(reader: DerReader): void {
  const element = reader.readElement()
  const content = new DerReader(element, { encoding: 'ber' }).readOctetString()
  if (content.length > 0 && element[0] === asn1Tag.octetString)
    walk(new DerReader(element).enterOctetString())
}

function readOther(reader: DerReader, tag: number): void {
  if (reader.enterOptional(contextTag(3)) !== undefined) return
  if (isContextTag(tag) && tagNumber(tag) % 2 === 1) reader.skip()
  else if (isConstructed(tag)) walk(reader.enter(tag))
  else if (tag % 2 === 0) reader.readString()
  else reader.readTime()
}
