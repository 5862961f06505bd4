import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { statusShardMemory } from '@assay/protocol'
import type { Clock } from '../system/ports.ts'
import { prepareBody, type PreparedBody } from '../system/prepared-body.ts'
import { bytesOfShard, splitIntoShards } from './status-shards.ts'

interface Shelved {
  readonly body: PreparedBody
  /** Milliseconds since 1970. */
  namedAt: number
}

export type ShardShelf = ReturnType<typeof createShardShelf>

/** The shards of a list as they are served: those of the current one, and for a while those of the ones before. */
export function createShardShelf(clock: Clock) {
  const shelved = new Map<string, Shelved>()
  return {
    find: (digest: string): PreparedBody | undefined => shelved.get(digest)?.body,
    /** Makes what is new, and returns the digests in their order. Others are served between one shard and the next. */
    async put(prefixes: BigUint64Array): Promise<string[]> {
      const digests: string[] = []
      for (const shard of splitIntoShards(prefixes)) {
        const plain = bytesOfShard(shard)
        const digest = createHash('sha256').update(plain).digest('base64url')
        const known = shelved.get(digest)
        if (known === undefined) shelved.set(digest, { body: await prepareBody(plain), namedAt: clock() })
        else known.namedAt = clock()
        digests.push(digest)
        await setImmediate()
      }
      return digests
    },
    /** Puts away what no list has named for a while. @param named by the current one */
    tidy(named: readonly string[]): void {
      const [now, current] = [clock(), new Set(named)]
      for (const [digest, { namedAt }] of shelved)
        if (!current.has(digest) && now - namedAt >= statusShardMemory * 1000) shelved.delete(digest)
    },
  }
}
