import { decodeStrictUtf8 } from '@assay/codec/text'
import { isJsonObject, parseJsonObject, type JsonObject } from '@assay/protocol'

const bounds = { maxLength: 16_384, maxDepth: 8, maxItems: 4096 }

/** The JSON object in `bytes`, without duplicate members; `undefined` for anything else. */
export function decodeJsonObject(bytes: Uint8Array | undefined): JsonObject | undefined {
  const text = bytes === undefined ? undefined : decodeStrictUtf8(bytes)
  return text === undefined ? undefined : parseJsonObject(text, bounds)
}

/** @param value as a JSON parser gives it */
export function asObject(value: unknown): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined
}

/**
 * The members of a JSON object, if `value` is one and has exactly the members `names`; otherwise `undefined`.
 */
export function exactMembers<Name extends string>(
  value: unknown,
  names: readonly Name[],
): Record<Name, unknown> | undefined {
  if (!isJsonObject(value)) return undefined
  const found = Object.keys(value)
  if (found.length !== names.length || !names.every((name) => Object.hasOwn(value, name))) return undefined
  return value as Record<Name, unknown>
}
