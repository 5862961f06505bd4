import { type JsonObject, parseJsonObject, type JsonValue } from '@assay/protocol'
import type { GuardCrypto } from './crypto.ts'

const bounds = { maxLength: 8192, maxDepth: 8 }

/** The JSON object in a header or payload segment; `undefined` for anything else, duplicate members included. */
export function readJsonSegment(crypto: GuardCrypto, segment: string): JsonObject | undefined {
  const text = crypto.decodeText(segment)
  return text === undefined ? undefined : parseJsonObject(text, bounds)
}

/** Without the white space of JSON around it (RFC 8259 section 2), in time that grows with its length alone. */
export function trimmed(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && whiteSpace.includes(text.charAt(start))) start++
  while (end > start && whiteSpace.includes(text.charAt(end - 1))) end--
  return text.slice(start, end)
}

const whiteSpace = ' \t\r\n'

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
