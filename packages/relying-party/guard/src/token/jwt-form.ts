import { parseJsonObject, type JsonObject } from '@assay/protocol'
import type { GuardCrypto } from '../crypto/guard-crypto.ts'
import { readPlainObject } from './plain-json.ts'

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
