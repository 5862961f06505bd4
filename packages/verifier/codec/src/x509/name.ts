import { DerReader } from '../der/reader.ts'
import { decodeString, isStringTag } from '../der/string.ts'
import { asn1Tag } from '../der/tags.ts'

/** One attribute of a distinguished name. */
export interface NameAttribute {
  readonly oid: string
  /** Text of the value, or undefined where it is not a character string. */
  readonly text: string | undefined
  /** The value's whole encoding. */
  readonly encoded: Uint8Array
}

/** The relative distinguished names of a Name, each a set of attributes, in order. */
export function parseName(name: Uint8Array): readonly (readonly NameAttribute[])[] {
  const outer = new DerReader(name, { encoding: 'ber' })
  const sequence = outer.enter()
  outer.end()
  const names: NameAttribute[][] = []
  while (!sequence.atEnd) names.push(readRelativeName(sequence.enter(asn1Tag.set)))
  return names
}

/**
 * Whether two Names are the same as RFC 5280 7.1 compares them: byte for byte, or else attribute by attribute with
 * case and white space folded and whatever string type each was written in.
 *
 * @throws CodecError DER_* if they differ as bytes and one of them is malformed.
 */
export function equalNames(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0 || canonical(a) === canonical(b)
}

function readRelativeName(set: DerReader): NameAttribute[] {
  const attributes: NameAttribute[] = []
  do {
    const pair = set.enter()
    const oid = pair.readOid()
    const tag = pair.peekTag()
    const encoded = pair.readElement()
    pair.end()
    const text = tag !== undefined && isStringTag(tag) ? textOf(tag, encoded) : undefined
    attributes.push({ oid, text, encoded })
  } while (!set.atEnd)
  return attributes
}

function textOf(tag: number, encoded: Uint8Array): string {
  const content = new DerReader(encoded, { encoding: 'ber' }).readContent(tag)
  return decodeString(tag, content)
}

// JSON keeps the parts apart whatever they hold.
function canonical(name: Uint8Array): string {
  const names = parseName(name).map((attributes) => attributes.map(canonicalAttribute).sort())
  return JSON.stringify(names)
}

function canonicalAttribute({ oid, text, encoded }: NameAttribute): string {
  if (text === undefined) return JSON.stringify([oid, Buffer.from(encoded).toString('hex')])
  return JSON.stringify([oid, 'text', text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()])
}
