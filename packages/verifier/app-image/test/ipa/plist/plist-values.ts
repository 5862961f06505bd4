import fc from 'fast-check'
import type { PlistValue as Written } from 'plist'
import { unread, type PlistValue } from '../../../src/ipa/plist/plist-value.ts'

/** Text without what XML cannot hold or what a writer might leave out as not printable. */
const text = fc
  .string({ unit: 'binary', maxLength: 40 })
  .map((value) => value.replace(/[^\t\n\r\p{L}\p{N}\p{P}\p{S}\p{Zs}]/gu, ''))

/** Property lists as an independent writer takes them. */
export const writtenDicts: fc.Arbitrary<Record<string, Written>> = fc.letrec<{
  value: Written
  dict: Record<string, Written>
}>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') }),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 20 }),
    tie('dict'),
  ),
  dict: fc.dictionary(
    text.filter((key) => key !== '__proto__'),
    tie('value'),
    { maxKeys: 20 },
  ),
})).dict

/** What reading them gives. */
export function readBack(value: Written): PlistValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(readBack)
  if (value instanceof Uint8Array) return Buffer.from(value)
  if (typeof value !== 'object' || value === null || value instanceof Date) return unread
  return new Map(Object.entries(value).map(([key, each]) => [key, readBack(each)]))
}
