/** A writer of CBOR, independent of the reader under test, that can be made to write what the reader refuses. */

/** The head of a data item; `size` bytes of argument (0, 1, 2, 4, 8) where it is not to be the shortest. */
export function head(major: number, argument: number | bigint, size: number = shortest(argument)): Buffer {
  if (size === 0) return Buffer.of((major << 5) | Number(argument))
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(argument))
  return Buffer.concat([Buffer.of((major << 5) | (24 + Math.log2(size))), bytes.subarray(8 - size)])
}

function shortest(argument: number | bigint): number {
  if (argument < 24) return 0
  return [1, 2, 4].find((size) => BigInt(argument) < 1n << BigInt(8 * size)) ?? 8
}

export const int = (value: number | bigint): Buffer =>
  value < 0 ? head(1, -1n - BigInt(value)) : head(0, value)
export const bytes = (content: Uint8Array): Buffer => Buffer.concat([head(2, content.length), content])
export const text = (value: string): Buffer => {
  const content = Buffer.from(value, 'utf8')
  return Buffer.concat([head(3, content.length), content])
}
export const array = (...items: readonly Uint8Array[]): Buffer =>
  Buffer.concat([head(4, items.length), ...items])
export const map = (...pairs: readonly (readonly [Uint8Array, Uint8Array])[]): Buffer =>
  Buffer.concat([head(5, pairs.length), ...pairs.flat()])
export const tag = (number: number | bigint, item: Uint8Array): Buffer =>
  Buffer.concat([head(6, number), item])
