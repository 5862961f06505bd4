import { isIPv4, isIPv6 } from 'node:net'

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
