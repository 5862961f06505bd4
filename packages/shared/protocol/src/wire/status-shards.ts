/**
 * The names of a status list that is too long for one document: those of `banned`, and those of `banned_of_apps` as app,
 * space and pseudonym. A name is known by SHA-256 of its UTF-8; the first k
 * bits of that, as a number, say which of 2^k shards holds it. A shard is the first eight bytes of these hashes, each
 * once, in ascending order, without anything between them. k is the smallest at which no shard is longer than
 * {@link longestShard}, so one more name changes one shard, and all of them only where that doubles their number.
 *
 * Of `n` names, the chance that a name that is none of them passes for one is n / 2^64.
 */
export const statusShardMediaType = 'application/assay-status-shard'

/** Bytes. */
export const longestShard = 65_536

/** Of one list: 2^10, for more than seven million names. */
export const mostShards = 1024

/** Bytes of a hash that a shard holds. */
export const shardPrefixLength = 8

/** Why bytes are not the shard of this place. */
export type ShardFault = 'length' | 'order' | 'place'

/** Whether a list may name that many. */
export function isShardCount(count: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= mostShards && (count & (count - 1)) === 0
}

/**
 * Place of the shard that holds a name.
 *
 * @param hash SHA-256 of the name; at least two bytes
 * @param count as {@link isShardCount} admits it
 */
export function shardIndexOf(hash: Uint8Array, count: number): number {
  const [first = 0, second = 0] = hash
  return (((first << 8) | second) * count) >>> 16
}

/** Checks the bytes of a shard whose digest is that of the list: a service that makes it wrongly is refused, too. */
export function faultOfShard(shard: Uint8Array, index: number, count: number): ShardFault | undefined {
  if (shard.length % shardPrefixLength !== 0 || shard.length > longestShard) return 'length'
  const view = new DataView(shard.buffer, shard.byteOffset, shard.byteLength)
  let [high, low] = [-1, -1]
  for (let at = 0; at < shard.length; at += shardPrefixLength) {
    const [nextHigh, nextLow] = [view.getUint32(at), view.getUint32(at + 4)]
    if (nextHigh < high || (nextHigh === high && nextLow <= low)) return 'order'
    ;[high, low] = [nextHigh, nextLow]
  }
  const ends = shard.length === 0 ? [] : [0, shard.length - shardPrefixLength]
  return ends.every((at) => shardIndexOf(shard.subarray(at), count) === index) ? undefined : 'place'
}

/** Whether a shard without fault holds the prefix of this hash. */
export function shardHolds(shard: Uint8Array, hash: Uint8Array): boolean {
  const view = new DataView(shard.buffer, shard.byteOffset, shard.byteLength)
  const wanted = new DataView(hash.buffer, hash.byteOffset, shardPrefixLength)
  const [high, low] = [wanted.getUint32(0), wanted.getUint32(4)]
  let [from, to] = [0, shard.length / shardPrefixLength]
  while (from < to) {
    const middle = (from + to) >>> 1
    const at = middle * shardPrefixLength
    const found = view.getUint32(at)
    if (found < high || (found === high && view.getUint32(at + 4) < low)) from = middle + 1
    else to = middle
  }
  const at = from * shardPrefixLength
  return at < shard.length && view.getUint32(at) === high && view.getUint32(at + 4) === low
}
