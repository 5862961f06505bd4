import { createHash } from 'node:crypto'
import { shardPrefixLength, statusListPath } from '@assay/protocol'
import type { NodeGuardOptions } from '@assay/guard/node'
import { audience, issuer, mintStatusList, now } from './minting.ts'

const count = 128

/** A status list of that many bans, as the service makes it, and what a guard has fetched of it. */
export function millionBans(bans: number) {
  const prefixes = BigUint64Array.from({ length: bans }, (_, i) =>
    createHash('sha256').update(`ban ${i}`).digest().readBigUInt64BE(),
  ).sort()
  let shards = shardsOf(prefixes)
  let at = now
  const fetched = { requests: 0, bytes: 0 }
  const url = issuer + statusListPath(audience)
  const fetch = async (target: string): Promise<Response> => {
    const digests = [...shards.keys()]
    const body =
      target === url
        ? Buffer.from(mintStatusList(at, digests).text)
        : (shards.get(target.slice(url.length + 1)) as Buffer)
    fetched.requests++
    fetched.bytes += body.length
    return new Response(new Uint8Array(body))
  }
  return {
    fetched,
    options: { fetch, maxBytes: 65_536 } satisfies NodeGuardOptions['statusList'],
    /** One more ban, and twenty seconds later. */
    more(): number {
      at += 21
      const one = createHash('sha256').update('one more').digest().readBigUInt64BE()
      shards = shardsOf(merged(prefixes, one))
      return at
    },
  }
}

function merged(prefixes: BigUint64Array, one: bigint): BigUint64Array {
  const all = new BigUint64Array(prefixes.length + 1)
  all.set(prefixes)
  all[prefixes.length] = one
  return all.sort()
}

function shardsOf(prefixes: BigUint64Array): Map<string, Buffer> {
  const bytes = Buffer.alloc(prefixes.length * shardPrefixLength)
  const ends = new Array<number>(count).fill(0)
  prefixes.forEach((prefix, i) => {
    bytes.writeBigUInt64BE(prefix, i * shardPrefixLength)
    ends[Number(prefix >> 57n)] = (i + 1) * shardPrefixLength
  })
  return new Map(
    ends.map((end, i) => {
      const shard = bytes.subarray(i === 0 ? 0 : ends[i - 1], end)
      return [createHash('sha256').update(shard).digest('base64url'), shard]
    }),
  )
}
