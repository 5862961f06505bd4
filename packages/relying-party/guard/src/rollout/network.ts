/**
 * The network of an IP address in the form that servers use: /24 for IPv4, /48 for IPv6, which a caller keeps longer
 * than an address. Unknown addresses are one network.
 */
export function networkOf(address: string | undefined): string {
  if (address === undefined || address === '') return 'unknown'
  const dot = address.lastIndexOf('.')
  if (dot !== -1) return address.slice(address.lastIndexOf(':') + 1, dot)
  const [head = '', tail] = address.toLowerCase().split('::')
  const groups = head === '' ? [] : head.split(':')
  if (tail !== undefined) {
    const rest = tail === '' ? [] : tail.split(':')
    while (groups.length + rest.length < 8) groups.push('0')
    groups.push(...rest)
  }
  return groups.slice(0, 3).join(':')
}
