import { isIPv4, isIPv6 } from 'node:net'

/**
 * Wider networks of IPv6 that one customer may have as well, and how many times a /64 they may ask: a /56 has 256 networks
 * of 64 bits, a /48 has 65,536.
 */
export const widerNetworks = [
  { bits: 56, times: 4 },
  { bits: 48, times: 16 },
] as const

/** The wider networks that an address of IPv6 lies in, in the order of {@link widerNetworks}; none of IPv4. */
export function widerPrefixes(address: string): string[] {
  const groups = networkPrefix(address).split(':')
  const [first, second, third, fourth] = groups
  if (groups.length !== 4) return []
  const upper = Number.parseInt(fourth as string, 16) >> 8
  const wide = `${first}:${second}:${third}`
  return [`${wide}:${upper.toString(16)}/56`, `${wide}/48`]
}

/** What takes turns with others: /24 of IPv4, and of IPv6 the /48 that one customer may have. */
export function widestNetwork(address: string): string {
  return widerPrefixes(address).at(-1) ?? networkPrefix(address)
}

/**
 * The network that an address belongs to, for limits: /24 of IPv4, /64 of IPv6, since one customer has at least that
 * much to choose from. Text that is not an address is one network of its own.
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
