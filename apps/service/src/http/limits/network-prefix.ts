import { networkOf } from '@assay/protocol/network'

/**
 * Wider IPv6 networks that one customer may also have, and how many times as much as a /64 they may ask: a /56 has 256
 * networks of 64 bits, a /48 has 65,536.
 */
export const widerNetworks = [
  { bits: 56, times: 4 },
  { bits: 48, times: 16 },
] as const

/** The wider networks that an IPv6 address lies in, in the order of {@link widerNetworks}; none for IPv4. */
export function widerPrefixes(text: string): string[] {
  const all = widerNetworks.map(({ bits }) => networkOf(text, { ipv4: 24, ipv6: bits }))
  return all.filter((network) => network?.includes(':') === true) as string[]
}

/** The network that is served round-robin with others: /24 for IPv4, and for IPv6 the /48 that one customer may have. */
export function widestNetwork(text: string): string {
  return networkOf(text, { ipv4: 24, ipv6: 48 }) ?? networkPrefix(text)
}

/** Characters of a text that is not an address by which its network is known. */
const longest = 64

/**
 * The network that an address belongs to, for limits: /24 for IPv4, also where IPv6 embeds it, and /64 for IPv6, since one
 * customer can choose from at least that many. Text that is not an address is a network by itself.
 */
export function networkPrefix(text: string): string {
  return networkOf(text, { ipv4: 24, ipv6: 64 }) ?? `?${text.slice(0, longest)}`
}
