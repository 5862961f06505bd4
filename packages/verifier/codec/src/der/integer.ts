import { CodecError } from '../errors/codec-error.ts'

/** The value of an INTEGER's content octets, if a number holds it exactly. @throws CodecError DER_VALUE otherwise. */
export function decodeSafeInteger(content: Uint8Array): number {
  if (content.length > 7) return decodeLongInteger(content)
  let value = (content[0] as number) < 0x80 ? 0 : -1
  for (let i = 0; i < content.length; i++) value = value * 256 + (content[i] as number)
  if (!Number.isSafeInteger(value)) throw tooLarge()
  return value
}

/** The value of an INTEGER's content octets, of any length. */
export function decodeBigInteger(content: Uint8Array): bigint {
  const hex = Buffer.from(content.buffer, content.byteOffset, content.length).toString('hex')
  return BigInt.asIntN(content.length * 8, BigInt(`0x${hex}`))
}

/**
 * The magnitude of an INTEGER's content octets without leading zeros (none at all for zero).
 *
 * @throws CodecError DER_VALUE if the number is negative.
 */
export function unsignedMagnitude(content: Uint8Array): Uint8Array {
  if ((content[0] as number) >= 0x80) throw new CodecError('DER_VALUE', 'an INTEGER is negative')
  let start = 0
  while (start < content.length && content[start] === 0) start++
  return content.subarray(start)
}

function decodeLongInteger(content: Uint8Array): number {
  const value = decodeBigInteger(content)
  if (value < Number.MIN_SAFE_INTEGER || value > Number.MAX_SAFE_INTEGER) throw tooLarge()
  return Number(value)
}

function tooLarge(): CodecError {
  return new CodecError('DER_VALUE', 'an INTEGER is larger than this field allows')
}
