import {
  isJsonObject,
  largestBootKeyList,
  mostBootKeys,
  parseStrictJson,
  sha256HexPattern,
  type JsonValue,
} from '@assay/protocol'
import { decodeStrictUtf8 } from '@assay/codec/text'
import { ProblemError } from '../faults/problem-error.ts'

/** A list of boot keys as GrapheneOS publishes it (`attestation.json`). */
export interface BootKeyList {
  /** In ascending order, lower-case hex, each once. */
  readonly keys: readonly string[]
  /** Milliseconds since 1970. */
  readonly publishedAt: number
}

/** Milliseconds that a list may be ahead of this clock. */
const tolerance = 86_400_000
/** What a phone states whose boot loader is unlocked: nobody's key. */
const noKey = '0'.repeat(64)

/**
 * Reads a published list. Members that it does not know are ignored: more are announced, among them roots of key
 * attestation, which only this product brings. A key that is listed twice counts once.
 *
 * @param now milliseconds since 1970
 * @throws ProblemError `boot_keys_invalid`
 */
export function readBootKeyList(file: Uint8Array, now: number): BootKeyList {
  const { verifiedBootKeys, timestamp } = objectIn(file)
  if (!Array.isArray(verifiedBootKeys)) throw invalid('/verifiedBootKeys', 'invalid_type')
  if (verifiedBootKeys.length === 0) throw invalid('/verifiedBootKeys', 'too_small')
  if (verifiedBootKeys.length > mostBootKeys) throw invalid('/verifiedBootKeys', 'too_big')
  const keys = verifiedBootKeys.map((key, i) => bootKey(key, `/verifiedBootKeys/${i}`))
  return { keys: [...new Set(keys)].sort(), publishedAt: timeOf(timestamp, now) }
}

function objectIn(file: Uint8Array): { readonly [name: string]: JsonValue | undefined } {
  if (file.length > largestBootKeyList) throw invalid('', 'too_big')
  const text = decodeStrictUtf8(file)
  if (text === undefined) throw invalid('', 'json_invalid')
  const read = parseStrictJson(text, { maxLength: largestBootKeyList, maxDepth: 8 })
  if (!read.ok)
    throw invalid('', read.fault === 'duplicate_member' ? 'json_duplicate_member' : 'json_invalid')
  if (!isJsonObject(read.value)) throw invalid('', 'invalid_type')
  return read.value
}

function bootKey(value: JsonValue, pointer: string): string {
  const key = typeof value === 'string' ? value.toLowerCase() : ''
  if (!sha256HexPattern.test(key)) throw invalid(pointer, 'invalid_format')
  if (key === noKey) throw invalid(pointer, 'unlocked')
  return key
}

function timeOf(value: JsonValue | undefined, now: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0)
    throw invalid('/timestamp', 'invalid_type')
  if (value * 1000 > now + tolerance) throw invalid('/timestamp', 'future')
  return value * 1000
}

function invalid(pointer: string, code: string): ProblemError {
  return new ProblemError('boot_keys_invalid', { errors: [{ pointer, code }] })
}
