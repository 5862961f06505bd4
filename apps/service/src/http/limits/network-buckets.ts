import { networkPrefix, widerNetworks, widerPrefixes } from './network-prefix.ts'
import type { Quota, QuotaDecision, TokenBuckets } from './token-bucket.ts'

/** A quota of networks: one at /24 (IPv4) or /64 (IPv6), and a larger one of each wider network around it. */
export interface NetworkBuckets {
  /** From the network of the address and from all wider ones, or from none. */
  take(address: string): QuotaDecision
  giveBack(address: string): void
}

/** @param buckets makes buckets that share a quota */
export function createNetworkBuckets(quota: Quota, buckets: (quota: Quota) => TokenBuckets): NetworkBuckets {
  const each = [1, ...widerNetworks.map(({ times }) => times)].map((times) =>
    buckets({ ...quota, requests: quota.requests * times }),
  )
  const around = (address: string): readonly [TokenBuckets, string][] => {
    const prefixes = [networkPrefix(address), ...widerPrefixes(address)]
    return prefixes.map((prefix, i) => [each[i] as TokenBuckets, prefix])
  }
  const giveBack = (from: readonly [TokenBuckets, string][]) => {
    for (const [take, prefix] of from) take.giveBack(prefix)
  }
  return {
    take(address) {
      const all = around(address)
      let narrowest: QuotaDecision | undefined
      for (const [i, [take, prefix]] of all.entries()) {
        const decision = take(prefix)
        if (!decision.allowed) {
          giveBack(all.slice(0, i))
          return decision
        }
        narrowest ??= decision
      }
      return narrowest as QuotaDecision
    },
    giveBack: (address) => giveBack(around(address)),
  }
}
