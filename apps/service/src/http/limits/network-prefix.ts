import { isIPv4 } from 'node:net'
import { addressIn, groupsOf, unwrapped } from './client-address.ts'

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
  const prefix = networkPrefix(address)
  const groups = prefix.split(':')
  const [first, second, third, fourth] = groups
  if (groups.length !== 4 || prefix.startsWith('?')) return []
  const upper = Number.parseInt(fourth as string, 16) >> 8
  const wide = `${first}:${second}:${third}`
  return [`${wide}:${upper.toString(16)}/56`, `${wide}/48`]
}

/** The network that is served round-robin with others: /24 for IPv4, and for IPv6 the /48 that one customer may have. */
export function widestNetwork(address: string): string {
  return widerPrefixes(address).at(-1) ?? networkPrefix(address)
}

/** Characters of a text that is not an address by which its network is known. */
const longest = 64

/**
 * The network that an address belongs to, for limits: /24 for IPv4, also where IPv6 embeds it, and /64 for IPv6, since one
 * customer can choose from at least that many. Text that is not an address is a network by itself.
 */
export function networkPrefix(text: string): string {
  const address = addressIn(text)
  if (address === undefined) return `?${text.slice(0, longest)}`
  const plain = unwrapped(address)
  if (isIPv4(plain)) return plain.slice(0, plain.lastIndexOf('.'))
  return groupsOf(plain).slice(0, 4).join(':')
}
