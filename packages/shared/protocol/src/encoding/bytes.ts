import { utf8 } from '@assay/protocol/encodings'
import { mustHold } from './invalid-argument.ts'

/** The given byte strings, one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let at = 0
  for (const part of parts) at += part.length
  const out = new Uint8Array(at)
  at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** Four bytes, big-endian. @throws TypeError (`ERR_INVALID_ARG_VALUE`) outside 0 to 2^32 - 1. */
export function uint32(value: number): Uint8Array<ArrayBuffer> {
  mustHold(value >>> 0 === value, 'number')
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

/** Eight bytes, big-endian. @throws TypeError (`ERR_INVALID_ARG_VALUE`) outside 0 to 2^53 - 1. */
export function uint64(value: number): Uint8Array<ArrayBuffer> {
  mustHold(Number.isSafeInteger(value), 'number')
  return concat(uint32(Math.floor(value / 0x100000000)), uint32(value % 0x100000000))
}

/** LP(x): the length as uint32, then the bytes. Text is taken as UTF-8. */
export function lengthPrefixed(value: Uint8Array | string): Uint8Array<ArrayBuffer> {
  if (typeof value === 'string') value = utf8(value)
  return concat(uint32(value.length), value)
}

/** Whether two byte strings are equal, in time that depends on their lengths only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number)
  return difference === 0
}
