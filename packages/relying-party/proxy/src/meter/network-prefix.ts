import { isIPv4, isIPv6 } from 'node:net'

/**
 * The network of an address: its first bits. An IPv4 address that IPv6 embeds (`::ffff:192.0.2.1`) is that IPv4 address.
 * What is no address, or none at all, is one network for everybody of that kind, so that nobody escapes by it.
 */
export function networkPrefix(
  address: string | undefined,
  bits: { readonly ipv4: number; readonly ipv6: number },
): string {
  if (address === undefined) return '?'
  if (isIPv4(address)) return cut(address.split('.').map(Number), bits.ipv4)
  const bare = address.split('%', 1)[0] as string
  if (!isIPv6(bare)) return '?'
  const bytes = bytesOf(bare)
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  return isMapped ? cut(bytes.slice(12), bits.ipv4) : cut(bytes, bits.ipv6)
}

function cut(bytes: readonly number[], bits: number): string {
  const kept = bytes
    .map((byte, at) => {
      const left = Math.min(8, Math.max(0, bits - 8 * at))
      return byte & (0xff00 >> left) & 0xff
    })
    .slice(0, Math.ceil(bits / 8))
  return bytes.length === 4
    ? `${kept.join('.')}/${bits}`
    : `${kept.map((byte) => byte.toString(16).padStart(2, '0')).join('')}/${bits}`
}

/** The 16 bytes of a valid IPv6 address. The URL parser writes every form of it, also with dots, as groups. */
function bytesOf(address: string): number[] {
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [before = '', after] = text.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const [head, tail] = [groups(before), groups(after ?? '')]
  const zeros = new Array<string>(8 - head.length - tail.length).fill('0')
  return [...head, ...zeros, ...tail].flatMap((group) => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}
