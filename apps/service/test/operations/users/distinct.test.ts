import { describe, expect, it } from 'vitest'
import {
  countOf,
  decodeDistinct,
  encodeDistinct,
  isExact,
  mostExact,
  noneYet,
  sketchOf,
  union,
  withMember,
  type Distinct,
} from '../../../src/operations/users/distinct.ts'
import { addToSketch, registers, sketchedCount, standardError } from '../../../src/operations/users/sketch.ts'

/** The same members in every run, as even as digests: splitmix64, of which 48 bits are used. */
function members(seed: bigint, count: number): number[] {
  const mask = 2n ** 64n - 1n
  let state = seed
  return Array.from({ length: count }, () => {
    state = (state + 0x9e3779b97f4a7c15n) & mask
    let z = state
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask
    return Number((z ^ (z >> 31n)) >> 16n)
  })
}

const distinctOf = (all: readonly number[]): Distinct =>
  all.reduce<Distinct>((distinct, member) => withMember(distinct, member), noneYet())

describe('how many different ones there are', () => {
  it('is exact below 10,000, however often each comes', () => {
    const some = members(1n, mostExact - 1)
    const distinct = distinctOf([...some, ...some])
    expect([countOf(distinct), isExact(distinct)]).toEqual([mostExact - 1, true])
    expect(isExact(distinctOf([...some, 1]))).toBe(false)
  })

  it('is within a few standard errors of 3.3 % beyond that', () => {
    expect(1.04 / Math.sqrt(registers)).toBeLessThan(standardError)
    const errors = [10_000, 30_000, 100_000].flatMap((size) =>
      [1n, 2n, 3n, 4n].map((seed) => countOf(distinctOf(members(seed * 1_000_003n, size))) / size - 1),
    )
    const spread = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length)
    expect(spread).toBeLessThan(1.3 * standardError)
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(3 * standardError)
  })

  it('is estimated from any sketch: an empty one, one of few, one that is full', () => {
    const sketch = new Uint8Array(registers)
    expect(sketchedCount(sketch)).toBe(0)
    addToSketch(sketch, 0)
    expect(sketch[0]).toBe(39)
    addToSketch(sketch, 2 ** 48 - 1)
    expect(sketch[registers - 1]).toBe(1)
    addToSketch(sketch, 2 ** 38 + 63)
    expect(sketch[1]).toBe(33)
    addToSketch(sketch, 2 ** 38 + 64)
    expect(sketch[1]).toBe(33)
    expect(sketchedCount(sketch)).toBe(3)
    expect(sketchedCount(new Uint8Array(registers).fill(39))).toBe(Infinity)
  })

  it('counts who is in both once, whichever forms are united, and leaves the second as it was', () => {
    const [few, more] = [members(5n, 4_000), members(5n, 6_000)]
    const exact = union(distinctOf(few), distinctOf(more))
    expect(countOf(exact)).toBe(6_000)
    const other = distinctOf(more)
    const about = union(sketchOf(distinctOf(few)), other)
    expect(Math.abs(countOf(about) / 6_000 - 1)).toBeLessThan(3 * standardError)
    expect([countOf(other), isExact(about)]).toEqual([6_000, false])
    expect(isExact(union(distinctOf(members(5n, 6_000)), distinctOf(members(6n, 6_000))))).toBe(false)
    const given = distinctOf(few)
    const grown = withMember(union(noneYet(), given), 7)
    expect([countOf(grown), countOf(given)]).toEqual([4_001, 4_000])
    const sketched = sketchOf(distinctOf(few))
    union(union(noneYet(), sketched), distinctOf(more))
    expect(sketched).toEqual(sketchOf(distinctOf(few)))
  })

  it('stays exact when only the number is kept, until something is added', () => {
    const given = sketchOf(distinctOf(members(7n, 500)))
    expect([countOf(given), isExact(given)]).toEqual([500, true])
    const kept = union(given, noneYet())
    expect(isExact(kept)).toBe(true)
    expect(isExact(withMember(kept, 1))).toBe(false)
  })

  it.each([
    ['none', noneYet()],
    ['members', distinctOf(members(8n, 300))],
    ['the largest member', distinctOf([2 ** 48 - 1])],
    ['an exact number and its sketch', sketchOf(distinctOf(members(8n, 300)))],
    ['a sketch', distinctOf(members(8n, 12_000))],
  ])('is stored as it is: %s', (_name, distinct) => {
    expect(decodeDistinct(encodeDistinct(distinct))).toEqual(distinct)
  })

  it.each([[[0, 1, 2]], [[3]], [[1, 0, 0, 0, 0, 5]], [[2]]])('is read from no other form: %j', (bytes) => {
    expect(() => decodeDistinct(Uint8Array.from(bytes))).toThrow('no known form')
  })
})
