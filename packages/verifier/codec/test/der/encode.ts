/** A writer of DER, independent of the readers under test, that can be made to write what DER forbids. */

export type Part = Uint8Array | readonly Part[]

/** One element: identifier octets, minimal length, content. */
export function element(tag: number | readonly number[], ...content: Part[]): Buffer {
  const body = join(content)
  const identifier = typeof tag === 'number' ? [tag] : tag
  return Buffer.concat([Buffer.from([...identifier, ...length(body.length)]), body])
}

/** One element whose length is written with the given number of octets, though fewer would do. */
export function paddedElement(tag: number, octets: number, ...content: Part[]): Buffer {
  const body = join(content)
  const size = Buffer.alloc(octets)
  size.writeUIntBE(body.length, 0, octets)
  return Buffer.concat([Buffer.from([tag, 0x80 | octets]), size, body])
}

/** One element of indefinite length. */
export function indefinite(tag: number, ...content: Part[]): Buffer {
  return Buffer.concat([Buffer.from([tag, 0x80]), join(content), Buffer.from([0, 0])])
}

export const sequence = (...content: Part[]): Buffer => element(0x30, ...content)
export const set = (...content: Part[]): Buffer => element(0x31, ...content)
export const octets = (content: Uint8Array): Buffer => element(0x04, content)
export const bits = (content: Uint8Array, unused = 0): Buffer => element(0x03, Buffer.from([unused]), content)
export const nothing = (): Buffer => element(0x05)
export const boolean = (octet = 0xff): Buffer => element(0x01, Buffer.from([octet]))
export const text = (value: string, tag = 0x0c): Buffer => element(tag, Buffer.from(value, 'utf8'))

export function integer(value: bigint | number, tag = 0x02): Buffer {
  let rest = BigInt(value)
  const content: number[] = []
  do {
    content.unshift(Number(BigInt.asUintN(8, rest)))
    rest >>= 8n
  } while (!((rest === 0n && content[0]! < 0x80) || (rest === -1n && content[0]! >= 0x80)))
  return element(tag, Buffer.from(content))
}

export function oid(dotted: string): Buffer {
  const [first, second, ...others] = dotted.split('.').map(Number) as [number, number, ...number[]]
  return element(0x06, Buffer.from([first * 40 + second, ...others].flatMap(base128)))
}

/** `[number]`, constructed unless said otherwise. */
export function context(number: number, content: Part, constructed = true): Buffer {
  const octet = constructed ? 0xa0 : 0x80
  return element(number < 31 ? [octet | number] : [octet | 31, ...base128(number)], content)
}

export function base128(value: number): number[] {
  const digits = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    digits.unshift((rest % 128) | 0x80)
  return digits
}

function length(value: number): number[] {
  if (value < 0x80) return [value]
  const octetsOf: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) octetsOf.unshift(rest % 256)
  return [0x80 | octetsOf.length, ...octetsOf]
}

function join(parts: readonly Part[]): Buffer {
  return Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : join(part))))
}
