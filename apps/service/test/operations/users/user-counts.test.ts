import { describe, expect, it } from 'vitest'
import { countOf, isExact } from '../../../src/operations/users/distinct.ts'
import { otherValues, type UserCount } from '../../../src/operations/users/ports.ts'
import { createUserCounts, type CountedUser } from '../../../src/operations/users/user-counts.ts'

const hour = 3_600_000
const user: CountedUser = {
  app: 'com.example',
  installation: 'a',
  outcome: 'passed',
  build: '1',
  osVersion: 'Android 16',
  tier: 'affirming',
  code: '',
}

function counting(secret = new Uint8Array(32)) {
  const written: { app: string; hour: number; counts: readonly UserCount[] }[] = []
  const world = { now: 10 * hour + 5, failAfter: Infinity, written }
  const store = {
    add: async (app: string, at: number, counts: readonly UserCount[]) => {
      if (written.length >= world.failAfter) throw new Error('the store does not answer')
      written.push({ app, hour: at, counts })
    },
  }
  return { ...createUserCounts({ store, secret, clock: () => world.now }), world }
}

const numbers = (counts: readonly UserCount[]) =>
  counts.map(({ dimension, value, code, passed, refused }) => [
    ...[dimension, value, code],
    ...[countOf(passed), countOf(refused)],
  ])

describe('installations', () => {
  it('count once an hour, however often they attest, by each dimension', async () => {
    const { count, flush, world } = counting()
    for (const installation of ['a', 'b', 'a', 'a']) count({ ...user, installation })
    count({ ...user, installation: 'c', outcome: 'refused', tier: '', code: 'X' })
    await flush()
    await flush()
    expect(world.written).toHaveLength(1)
    expect(world.written[0]).toMatchObject({ app: 'com.example', hour: 10 * hour })
    expect(numbers(world.written[0]?.counts ?? [])).toEqual([
      ['app', '', '', 2, 1],
      ['build', '1', '', 2, 1],
      ['os_version', 'Android 16', '', 2, 1],
      ['tier', 'affirming', '', 2, 0],
      ['code', '', '', 2, 0],
      ['tier', '', '', 0, 1],
      ['code', 'X', '', 0, 1],
      ['build_code', '1', 'X', 0, 1],
    ])
  })

  it('count in the hour in which they came', async () => {
    const { count, flush, world } = counting()
    count(user)
    world.now = 11 * hour
    count(user)
    await flush()
    expect(world.written.map((write) => write.hour)).toEqual([10 * hour, 11 * hour])
  })

  it('are stored under a key of the service, and by app: no number says which one it was', async () => {
    const membersUnder = async (secret: Uint8Array<ArrayBuffer>, app: string) => {
      const { count, flush, world } = counting(secret)
      count({ ...user, app })
      await flush()
      return world.written[0]?.counts[0]?.passed
    }
    const one = await membersUnder(new Uint8Array(32), 'com.example')
    expect(await membersUnder(new Uint8Array(32), 'com.example')).toEqual(one)
    expect(await membersUnder(new Uint8Array(32).fill(1), 'com.example')).not.toEqual(one)
    expect(await membersUnder(new Uint8Array(32), 'com.other')).not.toEqual(one)
  })

  it('that could not be written are written next time, each once', async () => {
    const { count, flush, world } = counting()
    count(user)
    count({ ...user, installation: 'b' })
    world.failAfter = 0
    await expect(flush()).rejects.toThrow('the store')
    count(user)
    world.failAfter = Infinity
    await flush()
    expect(numbers(world.written.flatMap(({ counts }) => counts))[0]).toEqual(['app', '', '', 2, 0])
  })

  it('are written a few counts at a time, the largest first; after a failure only what is missing', async () => {
    const { count, flush, world } = counting()
    for (let i = 0; i < 60; i++) count({ ...user, installation: `${i}`, build: `${i}` })
    world.failAfter = 1
    await expect(flush()).rejects.toThrow('the store')
    expect(numbers(world.written[0]?.counts ?? []).slice(0, 4)).toEqual([
      ['app', '', '', 60, 0],
      ['os_version', 'Android 16', '', 60, 0],
      ['tier', 'affirming', '', 60, 0],
      ['code', '', '', 60, 0],
    ])
    world.failAfter = Infinity
    await flush()
    expect(world.written.map(({ counts }) => counts.length)).toEqual([25, 25, 14])
    expect(new Set(world.written.flatMap(({ counts }) => numbers(counts)).map(String)).size).toBe(64)
  })

  it('of a flood of made-up OS versions take a bounded number of counts, and displace nothing large', async () => {
    const { count, flush, world } = counting()
    for (let i = 0; i < 3; i++) count({ ...user, installation: `genuine${i}` })
    for (let i = 0; i < 5_000; i++) {
      count({ ...user, installation: `${i}`, build: 'flooded', osVersion: `Android 9.${i}` })
      if (i % 100 === 0) count({ ...user, installation: `later${i}`, osVersion: 'Android 17' })
    }
    await flush()
    const counts = world.written.flatMap((write) => write.counts)
    expect(counts.length).toBeLessThan(400)
    const of = (dimension: string, value: string) =>
      countOf(counts.find((one) => one.dimension === dimension && one.value === value)!.passed)
    expect(of('app', '')).toBe(5_053)
    expect(of('build', '1')).toBe(53)
    expect(of('os_version', 'Android 16')).toBe(3)
    expect(of('os_version', 'Android 17')).toBe(50)
    expect(of('os_version', otherValues)).toBeGreaterThan(4_500)
  })

  it('of OS versions displace no build, even if each of them has more users', async () => {
    const { count, flush, world } = counting()
    count({ ...user, build: 'small' })
    for (let i = 0; i < 1_000; i++)
      count({ ...user, installation: `${i}`, build: 'flooded', osVersion: `Android 9.${i >> 1}` })
    await flush()
    const counts = world.written.flatMap((write) => write.counts)
    expect(counts.some(({ dimension, value }) => dimension === 'build' && value === 'small')).toBe(true)
    expect(counts.some(({ dimension, value }) => dimension === 'build' && value === otherValues)).toBe(false)
  })

  it('with a value that is too long, or would stand for the rest, are among the rest', async () => {
    const { count, flush, world } = counting()
    count({ ...user, osVersion: 'x'.repeat(129) })
    count({ ...user, installation: 'b', osVersion: 'a\nb' })
    await flush()
    expect(numbers(world.written.flatMap(({ counts }) => counts))).toContainEqual([
      ...['os_version', otherValues, '', 2, 0],
    ])
  })

  it('take bounded memory: beyond 200,000 waiting members their sketches wait', async () => {
    const { count, flush, world } = counting()
    for (let i = 0; i < 41; i++)
      for (let j = 0; j < 1_000; j++)
        count({ ...user, app: `app${i}`, installation: `${j}`, osVersion: '', tier: '' })
    await flush()
    const counts = world.written.flatMap((write) => write.counts)
    expect(counts.filter(({ passed }) => !isExact(passed)).length).toBeGreaterThan(0)
    const held = counts.reduce(
      (sum, { passed }) => sum + (passed.kind === 'members' ? passed.members.size : 0),
      0,
    )
    expect(held).toBeLessThanOrEqual(200_000)
  })
})
