import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

/**
 * The address in what a proxy wrote into `X-Forwarded-For`, without its port (`192.0.2.1:4711`, `[2001:db8::1]:4711`) and its
 * zone (`fe80::1%eth0`); `undefined` if there is none.
 */
export function addressIn(text: string): string | undefined {
  const [, bracketed, dotted] = /^(?:\[([^\]]*)\]|(\d[\d.]*))(?::\d{1,5})?$/.exec(text) ?? []
  const address = (bracketed ?? dotted ?? text).replace(/%.*$/, '')
  return isIP(address) === 0 ? undefined : address
}

/** The networks `::ffff:0:0/96` (mapped), `::ffff:0:0:0/96` (translated) and `64:ff9b::/96` (NAT64, RFC 6052), as groups. */
const embedding = ['0:0:0:0:0:ffff', '0:0:0:0:ffff:0', '64:ff9b:0:0:0:0']

/** The IPv4 address that an IPv6 address embeds, however it is written; any other address as it is. */
export function unwrapped(address: string): string {
  if (!isIPv6(address)) return address
  const groups = groupsOf(address)
  if (!embedding.includes(groups.slice(0, 6).join(':'))) return address
  return groups
    .slice(6)
    .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])
    .join('.')
}

/** The eight groups of an IPv6 address, without leading zeros. */
export function groupsOf(address: string): string[] {
  const hexadecimal = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) => {
    const [first, second, third, fourth] = bytes.map(Number) as [number, number, number, number]
    return `${((first << 8) | second).toString(16)}:${((third << 8) | fourth).toString(16)}`
  })
  const [head = '', tail] = hexadecimal.split('::')
  const groups = head === '' ? [] : head.split(':')
  if (tail !== undefined) {
    const rest = tail === '' ? [] : tail.split(':')
    groups.push(...Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => '0'), ...rest)
  }
  return groups.map((group) => Number.parseInt(group, 16).toString(16))
}

/** Whether an address, as a proxy may write it, is that of a trusted proxy. */
export function createTrust(proxies: readonly string[]): (text: string) => boolean {
  const trusted = new BlockList()
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/')
    const family = familyOf(address)
    trusted.addSubnet(address, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family)
  }
  return (text) => {
    const address = addressIn(text)
    return address !== undefined && trusted.check(address, familyOf(address))
  }
}

const familyOf = (address: string) => (isIPv4(address) ? 'ipv4' : 'ipv6')
