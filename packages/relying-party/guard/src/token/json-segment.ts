import { parseJsonObject, type JsonObject } from '@assay/protocol'
import type { GuardCrypto } from '../crypto/guard-crypto.ts'

const bounds = { maxLength: 8192, maxDepth: 8 }

/** The JSON object in a header or payload segment; `undefined` for anything else, duplicate members included. */
export function readJsonSegment(crypto: GuardCrypto, segment: string): JsonObject | undefined {
  const text = crypto.decodeText(segment)
  return text === undefined ? undefined : parseJsonObject(text, bounds)
}
