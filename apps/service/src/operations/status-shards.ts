import { setImmediate } from 'node:timers/promises'
import { longestShard, mostShards, shardPrefixLength } from '@assay/protocol'

/** Parts in which prefixes are merged; others are served in between. As many as there may be shards. */
const parts = mostShards
const partBits = BigInt(Math.log2(parts))
const prefixBits = BigInt(8 * shardPrefixLength)
const partsAtOnce = 32

/** Where the given part of all prefixes begins. @param bits of the number of parts */
function beginningOf(part: number, bits: bigint): bigint {
  return BigInt(part) << (prefixBits - bits)
}

/** Merges ascending lists into one, with each value once. */
export async function mergePrefixes(lists: readonly BigUint64Array[]): Promise<BigUint64Array> {
  const merged = new BigUint64Array(lists.reduce((sum, { length }) => sum + length, 0))
  const read = lists.map(() => 0)
  let begin = 0
  for (let part = 0; part < parts; part++) {
    const bound = beginningOf(part + 1, partBits)
    let end = begin
    for (const [i, list] of lists.entries()) {
      const from = read[i] as number
      let to = from
      while (to < list.length && (list[to] as bigint) < bound) to++
      merged.set(list.subarray(from, to), end)
      end += to - from
      read[i] = to
    }
    merged.subarray(begin, end).sort()
    begin = dropRepeats(merged, begin, end)
    if (part % partsAtOnce === partsAtOnce - 1) await setImmediate()
  }
  return merged.subarray(0, begin)
}

/** Moves the distinct values of an ascending range to its beginning, and returns where they end. */
function dropRepeats(values: BigUint64Array, begin: number, end: number): number {
  let kept = begin
  for (let i = begin; i < end; i++) {
    const value = values[i] as bigint
    if (kept > begin && values[kept - 1] === value) continue
    values[kept] = value
    kept++
  }
  return kept
}

/**
 * As many shards as are needed for none to be too long, and no more.
 *
 * @param prefixes ascending, each once
 * @throws RangeError if even the most shards that there may be are too long
 */
export function splitIntoShards(prefixes: BigUint64Array): BigUint64Array[] {
  for (let bits = 0; 1 << bits <= mostShards; bits++) {
    const count = 1 << bits
    const ends = Array.from({ length: count }, (_, i) =>
      i + 1 === count ? prefixes.length : lowerBound(prefixes, beginningOf(i + 1, BigInt(bits))),
    )
    const shards = ends.map((end, i) => prefixes.subarray(i === 0 ? 0 : ends[i - 1], end))
    if (shards.every(({ length }) => length * shardPrefixLength <= longestShard)) return shards
  }
  throw new RangeError('more names than a status list can hold')
}

/** Index of the first value that is not below `least`. */
function lowerBound(ascending: BigUint64Array, least: bigint): number {
  let [from, to] = [0, ascending.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((ascending[middle] as bigint) < least) from = middle + 1
    else to = middle
  }
  return from
}

/** A shard as it is served. */
export function bytesOfShard(prefixes: BigUint64Array): Buffer {
  const bytes = Buffer.alloc(prefixes.length * shardPrefixLength)
  for (const [i, prefix] of prefixes.entries()) bytes.writeBigUInt64BE(prefix, i * shardPrefixLength)
  return bytes
}
