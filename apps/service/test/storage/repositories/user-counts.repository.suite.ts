import { describe, expect, it } from 'vitest'
import { countOf, isExact, noneYet, sketchOf, withMember } from '../../../src/operations/users/distinct.ts'
import {
  mostOsVersions,
  mostUserCounts,
  otherValues,
  type UserCount,
  type UserDimension,
} from '../../../src/operations/users/ports.ts'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { createUserCountRepository } from '../../../src/storage/repositories/user-counts.repository.ts'
import { exampleApp } from '../support/examples.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const app = 'com.example'
const hour = 3_600_000
const day = 24 * hour

/** Members are spread over the registers of a sketch. */
const distinctOf = (numbers: readonly number[]) =>
  numbers.reduce((distinct, number) => withMember(distinct, number * 2 ** 38 + 2 ** 37), noneYet())

const count = (
  dimension: UserDimension,
  value: string,
  passed: readonly number[],
  refused: readonly number[] = [],
  code = '',
): UserCount => ({ dimension, value, code, passed: distinctOf(passed), refused: distinctOf(refused) })

const upTo = (most: number) => Array.from({ length: most }, (_, i) => i)

export function userCountRepositorySuite(world: StorageWorld): void {
  const open = async () => {
    const database = await world.open()
    const apps = createAppRepository(database)
    await apps.insert(exampleApp(app))
    return { users: createUserCountRepository(database), apps, database }
  }
  type Users = Awaited<ReturnType<typeof open>>['users']
  const read = async (users: Users, dimension: UserDimension, more = {}) => {
    const found = []
    for await (const { at, value, code, passed, refused } of users.read({
      ...{ app, dimension, since: 0, until: 1_000 * day, ...more },
    }))
      found.push([at / hour, value, code, countOf(passed), countOf(refused)])
    return found
  }

  describe('counts of installations', () => {
    it('unite what several nodes saw within an hour, each installation once', async () => {
      const { users } = await open()
      const second = createUserCountRepository(await world.openSecond())
      await users.add(app, hour, [count('app', '', [1, 2], [3]), count('build', 'a', [1, 2])])
      await second.add(app, hour, [count('app', '', [2, 4], [3]), count('build', 'b', [4])])
      await users.add(app, 2 * hour, [count('app', '', [1])])
      expect(await read(users, 'app')).toEqual([
        [1, '', '', 3, 1],
        [2, '', '', 1, 0],
      ])
      expect(await read(users, 'build')).toEqual([
        [1, 'a', '', 2, 0],
        [1, 'b', '', 1, 0],
      ])
      expect(await read(users, 'build', { value: 'b' })).toEqual([[1, 'b', '', 1, 0]])
      expect(await read(users, 'app', { since: 2 * hour })).toEqual([[2, '', '', 1, 0]])
      expect(await read(users, 'app', { until: 2 * hour })).toEqual([[1, '', '', 3, 1]])
    })

    it('lose nothing when two nodes add at once', async () => {
      const { users } = await open()
      const second = createUserCountRepository(await world.openSecond())
      await Promise.all(
        upTo(8).map((i) => (i % 2 === 0 ? users : second).add(app, hour, [count('app', '', [i, 100])])),
      )
      expect(await read(users, 'app')).toEqual([[1, '', '', 9, 0]])
    })

    it('are kept for an app that is there, and go with it', async () => {
      const { users, apps } = await open()
      await users.add('com.example.none', hour, [count('app', '', [1])])
      await users.add(app, hour, [count('app', '', [1])])
      expect(await users.apps()).toEqual([app])
      await apps.remove(app)
      await apps.insert(exampleApp(app))
      expect(await read(users, 'app')).toEqual([])
    })

    it('are at most 200 of an app and hour, the largest; the others are the rest of their dimension', async () => {
      const { users } = await open()
      await users.add(app, hour, [count('app', '', upTo(500)), count('build', 'large', upTo(3))])
      for (let some = 0; some < 10; some++)
        await users.add(
          app,
          hour,
          upTo(25).map((i) => count('os_version', `made up ${some * 25 + i}`, [some * 25 + i])),
        )
      await users.add(app, hour, [count('os_version', 'genuine', upTo(2), [9])])
      await users.add(app, hour, [count('build_code', 'large', [], upTo(4), 'X')])
      const versions = await read(users, 'os_version')
      const all = versions.length + (await read(users, 'build')).length + 2
      expect(all).toBeLessThanOrEqual(mostUserCounts)
      expect(versions).toContainEqual([1, 'genuine', '', 2, 1])
      expect(await read(users, 'build')).toEqual([[1, 'large', '', 3, 0]])
      expect(await read(users, 'build_code', { code: 'X' })).toEqual([[1, 'large', 'X', 0, 4]])
      const [rest] = await read(users, 'os_version', { value: otherValues })
      const counted = versions.filter(([, value]) => value !== otherValues && value !== 'genuine')
      expect(rest?.[3]).toBe(250 - counted.length)
    })

    it('of made-up OS versions displace no build or code that arrives with fewer members', async () => {
      const { users } = await open()
      for (let from = 0; from < 200; from += 25)
        await users.add(
          app,
          hour,
          upTo(25).map((i) => count('os_version', `made up ${from + i}`, [1, 2])),
        )
      await users.add(app, hour, [count('build', 'a', [1]), count('code', 'X', [], [1])])
      expect(await read(users, 'build')).toEqual([[1, 'a', '', 1, 0]])
      expect(await read(users, 'code')).toEqual([[1, 'X', '', 0, 1]])
      const versions = await read(users, 'os_version')
      expect(versions.filter(([, value]) => value !== otherValues)).toHaveLength(mostOsVersions)
    })

    it('give up their members when their hour is over, and keep the exact number', async () => {
      const { users } = await open()
      await users.add(app, hour, [count('app', '', upTo(900), upTo(4))])
      await users.add(app, 2 * hour, [count('app', '', upTo(900))])
      await users.condense({ exact: 2 * hour, hours: 0, days: 0 })
      const kinds = []
      for await (const { passed, refused } of users.read({ app, dimension: 'app', since: 0, until: day }))
        kinds.push([passed.kind, isExact(passed), countOf(passed), refused.kind])
      expect(kinds).toEqual([
        ['sketch', true, 900, 'members'],
        ['members', true, 900, 'members'],
      ])
    })

    it('of hours are united into days, of which old ones are removed', async () => {
      const { users } = await open()
      await users.add(app, 5 * hour, [count('app', '', [1, 2]), count('build', 'a', [1])])
      await users.add(app, 23 * hour, [count('app', '', [2, 3], [4]), count('build', 'b', [3])])
      await users.add(app, 25 * hour, [count('app', '', [1])])
      await users.condense({ exact: 0, hours: day, days: 0 })
      await users.condense({ exact: 0, hours: day, days: 0 })
      expect(await read(users, 'app')).toEqual([
        [0, '', '', 3, 1],
        [25, '', '', 1, 0],
      ])
      expect(await read(users, 'build')).toEqual([
        [0, 'a', '', 1, 0],
        [0, 'b', '', 1, 0],
      ])
      await users.condense({ exact: 0, hours: 2 * day, days: day })
      expect(await read(users, 'app')).toEqual([[24, '', '', 1, 0]])
      expect(await read(users, 'build')).toEqual([])
    })

    it('are read a few at a time, in order', async () => {
      const { users } = await open()
      for (const at of [2, 1])
        for (const from of [0, 25])
          await users.add(
            app,
            at * hour,
            upTo(25).map((i) => count('code', `${from + i}`.padStart(2, '0'), [i])),
          )
      const found = await read(users, 'code')
      expect(found).toHaveLength(100)
      expect(found).toEqual([...found].sort((a, b) => (`${a[0]}${a[1]}` < `${b[0]}${b[1]}` ? -1 : 1)))
    })

    it('are listed by size, without what they are united by', async () => {
      const { users } = await open()
      await users.add(app, hour, [count('build', 'small', [1]), count('build', 'large', [1, 2], [3])])
      await users.add(app, 2 * hour, [count('build', 'later', [1])])
      expect(await users.numbers(hour, 'build', 5)).toEqual([
        { app, dimension: 'build', value: 'large', code: '', at: hour, passed: 2, refused: 1 },
        { app, dimension: 'build', value: 'small', code: '', at: hour, passed: 1, refused: 0 },
      ])
      expect(await users.numbers(hour, 'build', 1)).toHaveLength(1)
    })

    it('that were estimated stay so', async () => {
      const { users } = await open()
      const about = sketchOf(sketchOf(distinctOf(upTo(900))))
      await users.add(app, hour, [{ ...count('app', '', []), passed: { ...about, known: undefined } }])
      await users.add(app, hour, [count('app', '', [1])])
      for await (const { passed } of users.read({ app, dimension: 'app', since: 0, until: day }))
        expect([passed.kind, isExact(passed)]).toEqual(['sketch', false])
    })
  })
}
