import { decodeUtf8, parseStrictJson, type JsonObject, type JsonValue } from '@assay/protocol'

const bounds = { maxLength: 16_384, maxDepth: 8 }

/** The JSON object that `bytes` hold, without duplicate members; `undefined` for anything else. */
export function decodeJsonObject(bytes: Uint8Array | undefined): JsonObject | undefined {
  const text = bytes === undefined ? undefined : decodeUtf8(bytes)
  const json = text === undefined ? undefined : parseStrictJson(text, bounds)
  return json?.ok === true ? asObject(json.value) : undefined
}

export function asObject(value: JsonValue | undefined): JsonObject | undefined {
  const isObject = value !== null && typeof value === 'object' && !Array.isArray(value)
  return isObject ? value : undefined
}
