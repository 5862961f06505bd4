import { networkOf, type NetworkBits } from '@assay/protocol/network'

/** The network that a call counts for. All calls without an address are one network, so that none escapes by it. */
export function meteredNetwork(address: string | undefined, bits: NetworkBits): string {
  return networkOf(address ?? '', bits) ?? '?'
}
