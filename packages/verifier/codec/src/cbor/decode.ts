import { CodecError } from '../errors/codec-error.ts'
import { decodeStrictUtf8 } from '../text/index.ts'
import { readHead } from './head.ts'
import type { Head } from './head.ts'

/**
 * A data item. Integers are numbers if a number holds them exactly, otherwise bigints; byte strings are views into the
 * input.
 */
export type CborValue =
  | number
  | bigint
  | string
  | boolean
  | null
  | undefined
  | Uint8Array
  | readonly CborValue[]
  | CborMap
  | CborOther

/** Keys that are neither integers nor text are kept by identity: `get` does not find them. */
export type CborMap = ReadonlyMap<CborValue, CborValue>

/** Well-formed values that the formats read here do not use: kept separate, so that a float is never an integer. */
export type CborOther =
  | { readonly kind: 'float'; readonly encoded: Uint8Array }
  | { readonly kind: 'simple'; readonly number: number }
  | { readonly kind: 'tag'; readonly tag: number | bigint; readonly value: CborValue }

export function isCborMap(value: CborValue): value is CborMap {
  return value instanceof Map
}

export interface CborOptions {
  /** How deep arrays, maps and tags may be nested; 8 by default. */
  readonly maxDepth?: number
  /** How many data items there may be, including nested ones; 4,096 by default. */
  readonly maxItems?: number
}

const defaultMaxDepth = 8
/** Real attestations have some twenty. */
const defaultMaxItems = 4096

/**
 * Decodes one data item (RFC 8949) that fills the input. Lengths are definite, integers and lengths have their
 * shortest form, text is UTF-8, no map has a key twice. The order of keys does not matter.
 *
 * @throws CodecError CBOR_* for anything else; CBOR_TRAILING if bytes follow the item.
 */
export function decodeCbor(bytes: Uint8Array, options: CborOptions = {}): CborValue {
  const { value, rest } = decodeFirstCbor(bytes, options)
  if (rest.length > 0) throw new CodecError('CBOR_TRAILING')
  return value
}

/** Like {@link decodeCbor}, but returns what follows the item as `rest`. */
export function decodeFirstCbor(
  bytes: Uint8Array,
  options: CborOptions = {},
): { readonly value: CborValue; readonly rest: Uint8Array } {
  const cursor: Cursor = { bytes, at: 0, itemsLeft: options.maxItems ?? defaultMaxItems }
  const value = readItem(cursor, options.maxDepth ?? defaultMaxDepth)
  return { value, rest: bytes.subarray(cursor.at) }
}

interface Cursor {
  readonly bytes: Uint8Array
  at: number
  itemsLeft: number
}

function readItem(cursor: Cursor, depthLeft: number): CborValue {
  if (cursor.itemsLeft-- <= 0) throw new CodecError('CBOR_COUNT')
  const start = cursor.at
  const head = readHead(cursor.bytes, start)
  cursor.at = head.end
  switch (head.major) {
    case 0:
      return head.argument
    case 1:
      return negative(head.argument)
    case 2:
      return take(cursor, head)
    case 3:
      return text(take(cursor, head))
    case 4:
      return readArray(cursor, countOf(cursor, head, 1), inner(depthLeft))
    case 5:
      return readMap(cursor, countOf(cursor, head, 2), inner(depthLeft))
    case 6:
      return { kind: 'tag', tag: head.argument, value: readItem(cursor, inner(depthLeft)) }
    case 7:
      return simpleOrFloat(head.argument, cursor.bytes.subarray(start, head.end))
  }
}

function readArray(cursor: Cursor, count: number, depthLeft: number): CborValue[] {
  const items: CborValue[] = []
  for (let i = 0; i < count; i++) items.push(readItem(cursor, depthLeft))
  return items
}

function readMap(cursor: Cursor, count: number, depthLeft: number): CborMap {
  const map = new Map<CborValue, CborValue>()
  const encodedKeys = new Set<string>()
  for (let i = 0; i < count; i++) {
    const start = cursor.at
    const key = readItem(cursor, depthLeft)
    if (isRepeated(map, encodedKeys, key, cursor.bytes.subarray(start, cursor.at))) {
      throw new CodecError('CBOR_DUPLICATE_KEY')
    }
    map.set(key, readItem(cursor, depthLeft))
  }
  return map
}

// One value has one encoding here, except within keys that are maps: two orders of those count as two keys.
function isRepeated(map: CborMap, encodedKeys: Set<string>, key: CborValue, encoded: Uint8Array): boolean {
  if (typeof key !== 'object' || key === null) return map.has(key)
  const text = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.length).toString('latin1')
  if (encodedKeys.has(text)) return true
  encodedKeys.add(text)
  return false
}

function take(cursor: Cursor, { argument }: Head): Uint8Array {
  const start = cursor.at
  if (argument > cursor.bytes.length - start) throw truncated()
  cursor.at = start + Number(argument)
  return cursor.bytes.subarray(start, cursor.at)
}

// Each item takes at least one byte, so a count beyond the input is refused before anything is read.
function countOf(cursor: Cursor, { argument }: Head, itemsEach: number): number {
  if (argument > (cursor.bytes.length - cursor.at) / itemsEach) throw truncated()
  return Number(argument)
}

function inner(depthLeft: number): number {
  if (depthLeft === 0) throw new CodecError('CBOR_DEPTH')
  return depthLeft - 1
}

function negative(argument: number | bigint): number | bigint {
  if (typeof argument === 'bigint') return -1n - argument
  return argument < Number.MAX_SAFE_INTEGER ? -1 - argument : -1n - BigInt(argument)
}

function text(bytes: Uint8Array): string {
  const decoded = decodeStrictUtf8(bytes)
  if (decoded === undefined) throw new CodecError('CBOR_TEXT')
  return decoded
}

function simpleOrFloat(argument: number | bigint, encoded: Uint8Array): CborValue {
  if (encoded.length > 2) return { kind: 'float', encoded }
  switch (argument) {
    case 20:
      return false
    case 21:
      return true
    case 22:
      return null
    case 23:
      return undefined
    default:
      return { kind: 'simple', number: Number(argument) }
  }
}

function truncated(): CodecError {
  return new CodecError('CBOR_TRUNCATED')
}
