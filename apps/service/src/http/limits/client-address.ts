import { BlockList, isIPv4 } from 'node:net'
import { addressIn } from '@assay/protocol/network'

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
