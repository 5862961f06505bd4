import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { faultOfShard, mostShards, shardHolds } from '@assay/protocol'
import { bytesOfShard, mergePrefixes, splitIntoShards } from '../../src/operations/status-shards.ts'

const hashOf = (i: number) => createHash('sha256').update(`name ${i}`).digest()
const prefixes = (from: number, to: number) =>
  BigUint64Array.from({ length: to - from }, (_, i) => hashOf(from + i).readBigUInt64BE()).sort()

const vectors = JSON.parse(
  readFileSync(
    new URL('../../../../packages/shared/vectors/guards/status-lists.json', import.meta.url),
    'utf8',
  ),
) as { cases: { id: string; input: { op: string; prefix: string; count: number }; output: string[] }[] }

it.each(vectors.cases.filter(({ input }) => input.op === 'split').map((one) => [one.id, one] as const))(
  '%s',
  async (_, { input, output }) => {
    const hash = (i: number) => createHash('sha256').update(`${input.prefix}${i}`).digest()
    const list = BigUint64Array.from({ length: input.count }, (_none, i) => hash(i).readBigUInt64BE()).sort()
    const digests = splitIntoShards(await mergePrefixes([list])).map((shard) =>
      createHash('sha256').update(bytesOfShard(shard)).digest('base64url'),
    )
    expect(digests).toEqual(output)
  },
)

describe('prefixes are merged', () => {
  it('in ascending order, each once, whichever list has them', async () => {
    const lists = [prefixes(0, 1_000), prefixes(500, 2_000), prefixes(0, 0), prefixes(999, 1_001)]
    expect(await mergePrefixes(lists)).toEqual(prefixes(0, 2_000))
  })

  it('from the least to the greatest there is', async () => {
    const most = 2n ** 64n - 1n
    const lists = [BigUint64Array.of(0n, most), BigUint64Array.of(0n, 2n ** 63n, most)]
    expect(await mergePrefixes(lists)).toEqual(BigUint64Array.of(0n, 2n ** 63n, most))
    expect(await mergePrefixes([])).toEqual(new BigUint64Array())
  })
})

describe('shards', () => {
  it.each([
    [1_001, 1],
    [8_192, 1],
    [8_193, 2],
    [100_000, 16],
  ])('of %i names are %i, which hold these names and no others', (names, count) => {
    const all = prefixes(0, names)
    const shards = splitIntoShards(all).map(bytesOfShard)
    expect(shards).toHaveLength(count)
    expect(Buffer.concat(shards)).toEqual(bytesOfShard(all))
    for (const [index, shard] of shards.entries()) expect(faultOfShard(shard, index, count)).toBeUndefined()
    const holds = (i: number) => shards.some((shard) => shardHolds(shard, hashOf(i)))
    expect([holds(0), holds(names - 1), holds(names)]).toEqual([true, true, false])
  })

  it('change in one place with one more name', () => {
    const [before, after] = [prefixes(0, 100_000), prefixes(0, 100_001)].map((all) =>
      splitIntoShards(all).map((shard) => bytesOfShard(shard).toString('latin1')),
    ) as [string[], string[]]
    expect(after.filter((shard, i) => shard !== before[i])).toHaveLength(1)
  })

  it('are doubled until the longest is short enough, however uneven they are', () => {
    const low = BigUint64Array.from({ length: 8_193 }, (_, i) => BigInt(i) << 50n)
    const shards = splitIntoShards(low)
    // 8,193 values below 2^63.1: they differ in their first fourteen bits.
    expect(shards.map(({ length }) => length)).toEqual([8_192, 1])
  })

  it('cannot be made of more than a list may name', () => {
    const close = BigUint64Array.from({ length: 8_193 }, (_, i) => BigInt(i))
    expect(() => splitIntoShards(close)).toThrow(RangeError)
    expect(mostShards).toBe(1_024)
  })
})
