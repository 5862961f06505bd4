import { decodeBase64url, decodeUtf8, parseStrictJson, type JsonObject } from '@assay/protocol'

const bounds = { maxLength: 8192, maxDepth: 8 }

/** The JSON object in a header or payload segment; `undefined` for anything else, duplicate members included. */
export function readJsonSegment(segment: string): JsonObject | undefined {
  const bytes = decodeBase64url(segment)
  const text = bytes && decodeUtf8(bytes)
  if (text === undefined) return undefined
  const parsed = parseStrictJson(text, bounds)
  if (!parsed.ok || parsed.value === null || typeof parsed.value !== 'object' || Array.isArray(parsed.value))
    return undefined
  return parsed.value
}
