import { faultOfShard, longestShard, statusShardMediaType } from '@assay/protocol'
import { exchange, type FetchDocument, type PlatformSignal, readAtMost } from './fetch.ts'
import { StatusListError } from './status-list-error.ts'
import type { GuardCrypto } from '../token/crypto.ts'

/** Requests for shards at the same time. */
const atOnce = 4

/** The shards of a list, by their digests. */
export type Shards = ReadonlyMap<string, Uint8Array>

/** How shards are fetched and verified. */
export interface ShardSource {
  readonly crypto: Pick<GuardCrypto, 'sha256'>
  readonly fetch: FetchDocument
  readonly urlOf: (digest: string) => string
}

/**
 * Fetches the shards of lists. What has been fetched stays for the next attempt if this one fails: a list of many
 * shards comes in parts where the way to the service is slow.
 */
export class ShardLoader {
  readonly #source: ShardSource
  #unfinished: Shards = new Map()

  constructor(source: ShardSource) {
    this.#source = source
  }

  /**
   * All shards of a list: those that `held` has, and the others from the service.
   *
   * @throws StatusListError, or whatever `fetch` throws
   */
  async load(digests: readonly string[], held: Shards, signal: PlatformSignal): Promise<Shards> {
    const loaded = new Map<string, Uint8Array>()
    const missing = new Map<string, number>()
    for (const [index, digest] of digests.entries()) {
      const known = held.get(digest) ?? this.#unfinished.get(digest)
      if (known === undefined) missing.set(digest, index)
      else loaded.set(digest, verified(known, index, digests.length))
    }
    // Nothing that no list names is kept.
    this.#unfinished = loaded
    const queue = [...missing]
    let fault: { readonly error: unknown } | undefined
    const work = async () => {
      for (let next = queue.pop(); next !== undefined && fault === undefined; next = queue.pop()) {
        const [digest, index] = next
        try {
          loaded.set(digest, verified(await this.#fetch(digest, signal), index, digests.length))
        } catch (error) {
          fault ??= { error }
        }
      }
    }
    // Those that are under way are waited for: otherwise it would depend on their order which are kept.
    await Promise.all(Array.from({ length: atOnce }, work))
    if (fault !== undefined) throw fault.error
    this.#unfinished = new Map()
    return loaded
  }

  async #fetch(digest: string, signal: PlatformSignal): Promise<Uint8Array> {
    const { crypto, fetch, urlOf } = this.#source
    const headers = { Accept: statusShardMediaType }
    return exchange({ url: urlOf(digest), fetch }, { headers, signal }, async (response) => {
      if (response.status !== 200)
        throw new StatusListError('STATUS_SHARD_ANSWER', `a shard with status ${response.status}`)
      const tooLarge = () => new StatusListError('STATUS_SHARD_SIZE', 'a shard that is too long')
      // A copy, as long as what has come: it is kept.
      const bytes = (await readAtMost(response, longestShard, tooLarge)).slice()
      if ((await crypto.sha256(bytes)) !== digest)
        throw new StatusListError('STATUS_SHARD_DIGEST', 'a shard that is not the one it names')
      return bytes
    })
  }
}

/** A digest that is right shows who made the bytes, not that they are right. */
function verified(shard: Uint8Array, index: number, count: number): Uint8Array {
  const fault = faultOfShard(shard, index, count)
  if (fault !== undefined) throw new StatusListError('STATUS_SHARD_CONTENT', `a shard of wrong ${fault}`)
  return shard
}
