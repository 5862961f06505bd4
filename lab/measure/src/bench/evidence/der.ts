/** A DER writer, only as far as the certificates of the bench need it. */

export function element(tag: number | readonly number[], ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  return Buffer.concat([Buffer.from([...(typeof tag === 'number' ? [tag] : tag), ...lengthOf(body)]), body])
}

export const sequence = (...content: readonly Uint8Array[]): Buffer => element(0x30, ...content)
export const set = (...content: readonly Uint8Array[]): Buffer => element(0x31, ...content)
export const octets = (content: Uint8Array): Buffer => element(0x04, content)
export const bits = (content: Uint8Array, unused = 0): Buffer => element(0x03, Buffer.of(unused), content)
export const boolean = (value: boolean): Buffer => element(0x01, Buffer.of(value ? 0xff : 0))
export const nothing = (): Buffer => element(0x05)
export const utf8String = (value: string): Buffer => element(0x0c, Buffer.from(value))
export const generalizedTime = (value: string): Buffer => element(0x18, Buffer.from(value))

/** A non-negative INTEGER, or ENUMERATED by its tag. */
export function integer(value: number | bigint, tag = 0x02): Buffer {
  const hex = value.toString(16)
  const magnitude = Buffer.from(hex.length % 2 === 1 ? `0${hex}` : hex, 'hex')
  return element(tag, (magnitude[0] as number) < 0x80 ? magnitude : Buffer.concat([Buffer.of(0), magnitude]))
}

export function oid(dotted: string): Buffer {
  const [first, second, ...others] = dotted.split('.').map(Number) as [number, number, ...number[]]
  return element(0x06, Buffer.from([first * 40 + second, ...others].flatMap(base128)))
}

/** `[number]`, explicit. */
export function context(number: number, ...content: readonly Uint8Array[]): Buffer {
  return element(number < 31 ? 0xa0 | number : [0xbf, ...base128(number)], ...content)
}

function base128(value: number): number[] {
  const digits = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    digits.unshift((rest % 128) | 0x80)
  return digits
}

function lengthOf({ length }: Buffer): number[] {
  if (length < 0x80) return [length]
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
}
