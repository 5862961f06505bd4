import { CodecError } from '../errors/codec-error.ts'

/** The head of a data item: its major type and argument (RFC 8949 section 3). */
export interface Head {
  readonly major: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7
  readonly argument: number | bigint
  /** Where the head ends. */
  readonly end: number
}

/**
 * Reads the head at `at`.
 *
 * @throws CodecError CBOR_TRUNCATED, CBOR_LENGTH for indefinite, reserved or padded arguments, CBOR_SIMPLE for a
 * simple value in a form that RFC 8949 3.3 forbids.
 */
export function readHead(bytes: Uint8Array, at: number): Head {
  const initial = bytes[at]
  if (initial === undefined) throw truncated()
  const major = (initial >> 5) as Head['major']
  const low = initial & 0x1f
  if (low < 24) return { major, argument: low, end: at + 1 }
  if (low > 27) throw new CodecError('CBOR_LENGTH', 'a length is indefinite or reserved')
  const size = 1 << (low - 24)
  const end = at + 1 + size
  if (end > bytes.length) throw truncated()
  const argument = unsigned(bytes, at + 1, size)
  if (major === 7) checkSimple(argument, size)
  else if (argument < least[size as 1 | 2 | 4 | 8]) {
    throw new CodecError('CBOR_LENGTH', 'an integer or length is not in its shortest form')
  }
  return { major, argument, end }
}

/** The smallest argument that needs this many bytes. */
const least = { 1: 24, 2: 0x100, 4: 0x1_0000, 8: 0x1_0000_0000 } as const

function unsigned(bytes: Uint8Array, at: number, size: number): number | bigint {
  let value = 0
  for (let i = 0; i < size; i++) value = value * 256 + (bytes[at + i] as number)
  return Number.isSafeInteger(value) ? value : bigUnsigned(bytes.subarray(at, at + size))
}

function bigUnsigned(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n)
}

// Values below 32 have one byte; with more than two bytes it is a float, and any bits are one.
function checkSimple(argument: number | bigint, size: number): void {
  if (size === 1 && argument < 32) {
    throw new CodecError('CBOR_SIMPLE')
  }
}

function truncated(): CodecError {
  return new CodecError('CBOR_TRUNCATED', 'the input ends inside a data item')
}
