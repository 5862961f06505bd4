import { decodeStrictUtf8 } from '@assay/codec/text'
import { parseBinaryPlist } from './binary-plist.ts'
import { isDict, PlistError, type PlistDict } from './plist-value.ts'
import { parseXmlPlist } from './xml-plist.ts'

/**
 * Reads a property list, binary or XML, whose root is a dictionary. The old text form is not read: build tools write
 * none. The time it takes is bounded by the length of `bytes`, which the caller bounds.
 *
 * @throws PlistError
 */
export function parsePlist(bytes: Buffer): PlistDict {
  const isBinary = bytes.toString('latin1', 0, 8) === 'bplist00'
  const root = isBinary ? parseBinaryPlist(bytes) : parseXmlPlist(decode(bytes))
  if (!isDict(root)) throw new PlistError('the property list is not a dictionary')
  return root
}

function decode(bytes: Buffer): string {
  const text = decodeStrictUtf8(bytes)
  if (text === undefined) throw new PlistError('the property list is neither binary nor UTF-8')
  return text
}
