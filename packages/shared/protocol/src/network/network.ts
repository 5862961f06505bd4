import { addressIn, groupsOf, octetsOf } from './address.ts'

/** How many leading bits of an address make its network. */
export interface NetworkBits {
  /** 0 to 32 */
  readonly ipv4: number
  /** 0 to 128 */
  readonly ipv6: number
}

/**
 * The network of an address, as servers and proxies write addresses: with a port, brackets or a zone, or without. An
 * IPv4 address that IPv6 embeds is that IPv4 address, so that a translator in front puts nobody into another network.
 *
 * @returns in CIDR notation, equal for all spellings of its addresses; undefined if the text is not an address
 */
export function networkOf(text: string, bits: NetworkBits): string | undefined {
  const address = addressIn(text)
  if (address === undefined) return undefined
  const octets = octetsOf(address)
  if (octets !== undefined) return ipv4Network(octets, bits.ipv4)
  const groups = groupsOf(address) as number[]
  const embedded = embeddedIn(groups)
  return embedded === undefined ? ipv6Network(groups, bits.ipv6) : ipv4Network(embedded, bits.ipv4)
}

/** The networks `::ffff:0:0/96` (mapped), `::ffff:0:0:0/96` (translated) and `64:ff9b::/96` (NAT64, RFC 6052), as groups. */
const embedding = [
  [0, 0, 0, 0, 0, 0xffff],
  [0, 0, 0, 0, 0xffff, 0],
  [0x64, 0xff9b, 0, 0, 0, 0],
]

function embeddedIn(groups: readonly number[]): number[] | undefined {
  if (!embedding.some((prefix) => prefix.every((group, at) => groups[at] === group))) return undefined
  return groups.slice(6).flatMap((group) => [group >> 8, group & 0xff])
}

function ipv4Network(octets: readonly number[], bits: number): string {
  return `${leading(octets, bits, 8).join('.')}/${bits}`
}

function ipv6Network(groups: readonly number[], bits: number): string {
  const kept = leading(groups, bits, 16).slice(0, Math.ceil(bits / 16))
  const text = kept.map((group) => group.toString(16)).join(':')
  return `${text}${kept.length < 8 ? '::' : ''}/${bits}`
}

/** The parts of an address, each `width` bits wide, with all but the first `bits` of them zero. */
function leading(parts: readonly number[], bits: number, width: 8 | 16): number[] {
  const all = 2 ** width - 1
  return parts.map((part, at) => {
    const left = Math.min(width, Math.max(0, bits - width * at))
    return part & ~(all >> left) & all
  })
}
