/** Characters of the longest text that is read: an address, a zone and a port. */
const longest = 128

/**
 * The IP address in a text of a server or of `X-Forwarded-For`, without its port (`192.0.2.1:4711`,
 * `[2001:db8::1]:4711`) and its zone (`fe80::1%eth0`); undefined if there is none.
 */
export function addressIn(text: string): string | undefined {
  if (text.length > longest) return undefined
  const [, bracketed, dotted] = /^(?:\[([^\]]*)\]|(\d[\d.]*))(?::\d{1,5})?$/.exec(text) ?? []
  const address = (bracketed ?? dotted ?? text).replace(/%.*$/, '')
  return octetsOf(address) === undefined && groupsOf(address) === undefined ? undefined : address
}

/** The four octets of an IPv4 address in dotted decimal; undefined for any other text. */
export function octetsOf(text: string): number[] | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part))) return undefined
  const octets = parts.map(Number)
  return octets.every((octet) => octet <= 255) ? octets : undefined
}

/** The eight groups of an IPv6 address (RFC 4291, section 2.2); undefined for any other text. */
export function groupsOf(text: string): number[] | undefined {
  const [head, tail, ...more] = text.split('::')
  const before = partsOf(head as string, tail === undefined)
  const after = tail === undefined ? [] : partsOf(tail, true)
  if (before === undefined || after === undefined || more.length > 0) return undefined
  const zeros = 8 - before.length - after.length
  if (tail === undefined ? zeros !== 0 : zeros < 1) return undefined
  return [...before, ...new Array<number>(zeros).fill(0), ...after]
}

/** @param isLast whether the text ends the address, where its last 32 bits may be dotted */
function partsOf(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  const octets = isLast ? octetsOf(parts.at(-1) as string) : undefined
  if (octets !== undefined) parts.pop()
  if (!parts.every((part) => /^[\da-f]{1,4}$/i.test(part))) return undefined
  const groups = parts.map((part) => Number.parseInt(part, 16))
  if (octets === undefined) return groups
  const [first, second, third, fourth] = octets as [number, number, number, number]
  return [...groups, (first << 8) | second, (third << 8) | fourth]
}
