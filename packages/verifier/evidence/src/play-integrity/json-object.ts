import { decodeUtf8, parseStrictJson, type JsonObject } from '@assay/protocol'

const bounds = { maxLength: 16_384, maxDepth: 8, maxItems: 4096 }

/** The JSON object that `bytes` hold, without duplicate members; `undefined` for anything else. */
export function decodeJsonObject(bytes: Uint8Array | undefined): JsonObject | undefined {
  const text = bytes === undefined ? undefined : decodeUtf8(bytes)
  const json = text === undefined ? undefined : parseStrictJson(text, bounds)
  return json?.ok === true ? asObject(json.value) : undefined
}

/** @param value as a JSON parser gives it */
export function asObject(value: unknown): JsonObject | undefined {
  const isObject = value !== null && typeof value === 'object' && !Array.isArray(value)
  return isObject ? (value as JsonObject) : undefined
}
