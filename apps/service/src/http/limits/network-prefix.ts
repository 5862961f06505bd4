import { isIPv4, isIPv6 } from 'node:net'

/**
 * Wider IPv6 networks that one customer may also have, and how many times as much as a /64 they may ask: a /56 has 256
 * networks of 64 bits, a /48 has 65,536.
 */
export const widerNetworks = [
  { bits: 56, times: 4 },
  { bits: 48, times: 16 },
] as const

/** The wider networks that an IPv6 address lies in, in the order of {@link widerNetworks}; none for IPv4. */
export function widerPrefixes(address: string): string[] {
  const groups = networkPrefix(address).split(':')
  const [first, second, third, fourth] = groups
  if (groups.length !== 4) return []
  const upper = Number.parseInt(fourth as string, 16) >> 8
  const wide = `${first}:${second}:${third}`
  return [`${wide}:${upper.toString(16)}/56`, `${wide}/48`]
}

/** The network that is served round-robin with others: /24 for IPv4, and for IPv6 the /48 that one customer may have. */
export function widestNetwork(address: string): string {
  return widerPrefixes(address).at(-1) ?? networkPrefix(address)
}

/**
 * The network that an address belongs to, for limits: /24 for IPv4, /64 for IPv6, since one customer can choose from at
 * least that many. Text that is not an address is a network by itself.
 */
export function networkPrefix(address: string): string {
  const mapped = /^::ffff:(?=\d+\.)/i.test(address) ? address.slice(7) : address
  if (isIPv4(mapped)) return mapped.slice(0, mapped.lastIndexOf('.'))
  if (!isIPv6(mapped)) return 'unknown'
  return firstGroups(mapped)
}

/** The first four of the eight groups of an IPv6 address, without leading zeros. */
function firstGroups(address: string): string {
  const [head = '', tail] = (address.split('%')[0] as string).split('::')
  const groups = head === '' ? [] : head.split(':')
  if (tail !== undefined) {
    const rest = tail === '' ? [] : tail.split(':')
    const width = rest.reduce((sum, group) => sum + (group.includes('.') ? 2 : 1), 0)
    groups.push(...Array.from({ length: Math.max(0, 8 - groups.length - width) }, () => '0'), ...rest)
  }
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
