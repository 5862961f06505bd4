import { BlockList, isIP, isIPv4 } from 'node:net'
import { addressIn } from '@assay/protocol/network'

export type CallerAddress = (peer: string | undefined, forwardedFor: readonly string[]) => string | undefined

/**
 * The address of the caller: of the peer, or, where that is a trusted proxy, the last one in `X-Forwarded-For` that is
 * not. From anyone else the field counts for nothing.
 *
 * @param proxies addresses and networks
 * @returns undefined for a proxy that cannot be read
 */
export function createCallerAddress(proxies: readonly string[]): CallerAddress | undefined {
  const trusted = new BlockList()
  for (const proxy of proxies) {
    const [address = '', bits, ...rest] = proxy.split('/')
    const most = isIPv4(address) ? 32 : 128
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
    if (isIP(address) === 0 || rest.length > 0 || !(prefix <= most)) return undefined
    trusted.addSubnet(address, prefix, familyOf(address))
  }
  const isTrusted = (address: string) => trusted.check(address, familyOf(address))
  return (peer, forwardedFor) => {
    let caller = peer === undefined ? undefined : addressIn(peer)
    if (proxies.length === 0 || caller === undefined || !isTrusted(caller)) return caller
    for (const text of forwardedFor.flatMap((value) => value.split(',')).reverse()) {
      caller = addressIn(text.trim())
      if (caller === undefined || !isTrusted(caller)) return caller
    }
    return caller
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6'
}
