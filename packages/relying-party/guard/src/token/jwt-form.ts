import { type JsonObject, parseJsonObject, type JsonValue } from '@assay/protocol'
import type { GuardCrypto } from './crypto.ts'

const bounds = { maxLength: 8192, maxDepth: 8 }

/** The JSON object in a header or payload segment; `undefined` for anything else, duplicate members included. */
export function readJsonSegment(crypto: GuardCrypto, segment: string): JsonObject | undefined {
  const text = crypto.decodeText(segment)
  if (text === undefined || text.length > bounds.maxLength) return undefined
  return readPlainObject(text, bounds.maxDepth) ?? parseJsonObject(text, bounds)
}

/**
 * Whether `typ` is `expected` (lower case, without `application/`): compared as media types are, without regard to case
 * and with or without the prefix (RFC 7515 section 4.1.9).
 */
export function isJwtType(typ: unknown, expected: string): boolean {
  if (typ === expected) return true
  if (typeof typ !== 'string') return false
  const type = typ.toLowerCase()
  return type === expected || type === `application/${expected}`
}

/**
 * Seconds, possibly with a fraction (RFC 7519 section 2). Strings, 1e400 (which parses to Infinity) and -1 are
 * invalid.
 */
export function isTime(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
}

/** Anything but printable ASCII, and the backslash: without them a string ends at the next quote. */
const unusual = /[^\x20-\x5b\x5d-\x7e]/

/**
 * The object in a text as SDKs and issuers write it, read by `JSON.parse` alone; `undefined` for every other text,
 * valid or not, which the strict reader has to judge.
 *
 * No duplicate member can have been dropped: each name and each string of a plain text has two quotes, so the result
 * would account for fewer quotes than the text has.
 */
export function readPlainObject(text: string, maxDepth: number): JsonObject | undefined {
  if (unusual.test(text)) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  return quotesOf(value as JsonObject, maxDepth) === quotesIn(text) ? (value as JsonObject) : undefined
}

function quotesIn(text: string): number {
  let count = 0
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) count++
  return count
}

/** The number of quotes needed to write `object`; `NaN`, which equals no number, if it is not plain. */
function quotesOf(object: JsonObject, maxDepth: number): number {
  if (maxDepth === 0 || Array.isArray(object)) return NaN
  let count = 0
  for (const name in object) {
    if (name === '__proto__') return NaN
    const value = object[name]
    count += 2
    if (typeof value === 'string') count += 2
    else if (typeof value === 'object' && value !== null) count += quotesOf(value as JsonObject, maxDepth - 1)
  }
  return count
}
