import { describe, expect, test } from 'vitest'
import {
  faultOfShard,
  isShardCount,
  longestShard,
  mostShards,
  shardHolds,
  shardIndexOf,
  statusShardPath,
} from '@assay/protocol'

const bytes = (...prefixes: readonly string[]) => new Uint8Array(Buffer.from(prefixes.join(''), 'hex'))

test('a shard lies below the list, under its digest', () => {
  expect(statusShardPath('https://api.example.com/v1', 'AbC')).toBe(
    '/v1/status/aHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20vdjE/AbC',
  )
})

test.each([1, 2, 512, mostShards])('%i shards are a number of shards', (count) => {
  expect(isShardCount(count)).toBe(true)
})

test.each([0, -1, 3, 1.5, 1_023, 2_048, 100_000, NaN, 2 ** 32])('%d shards are not', (count) => {
  expect(isShardCount(count)).toBe(false)
})

test.each([
  ['ffffffffffffffff', 1, 0],
  ['7fffffffffffffff', 2, 0],
  ['8000000000000000', 2, 1],
  ['ffffffffffffffff', 1_024, 1_023],
  ['003fffffffffffff', 1_024, 0],
  ['0040000000000000', 1_024, 1],
])('the hash %s is, of %i shards, in number %i', (hash, count, index) => {
  expect(shardIndexOf(bytes(hash), count)).toBe(index)
})

describe('a shard', () => {
  test.each<[string, Uint8Array, number, number, string | undefined]>([
    ['of nothing', bytes(), 3, 4, undefined],
    ['of one prefix', bytes('c000000000000000'), 3, 4, undefined],
    ['of the ends of its place', bytes('4000000000000000', '7fffffffffffffff'), 1, 4, undefined],
    ['that is as long as it may be', new Uint8Array(longestShard), 0, 1, 'order'],
    ['that is longer', new Uint8Array(longestShard + 8), 0, 1, 'length'],
    ['that ends within a prefix', bytes('c000000000000000', 'c0'), 3, 4, 'length'],
    ['with a prefix twice', bytes('c000000000000000', 'c000000000000000'), 3, 4, 'order'],
    ['whose first halves descend', bytes('c000000100000000', 'c000000000000001'), 3, 4, 'order'],
    ['whose second halves descend', bytes('c0000000ffffffff', 'c0000000fffffffe'), 3, 4, 'order'],
    ['that begins too early', bytes('bfffffffffffffff', 'c000000000000000'), 3, 4, 'place'],
    ['that ends too late', bytes('7fffffffffffffff', '8000000000000000'), 1, 4, 'place'],
  ])('%s: %4$s', (_, shard, index, count, fault) => {
    expect(faultOfShard(shard, index, count)).toBe(fault)
  })

  test('holds what is in it, from the first to the last, wherever its bytes begin', () => {
    const all = Array.from({ length: 9 }, (_, i) => `0${i}000000f000000${i}`)
    const shard = bytes('ff', ...all).subarray(1)
    for (const prefix of all) expect(shardHolds(shard, bytes('aa', prefix, 'bb').subarray(1))).toBe(true)
    for (const other of ['0000000000000000', '03000000f0000002', '04000000f0000005', 'ffffffffffffffff'])
      expect(shardHolds(shard, bytes(other))).toBe(false)
    expect(shardHolds(bytes(), bytes('0000000000000000'))).toBe(false)
  })
})
