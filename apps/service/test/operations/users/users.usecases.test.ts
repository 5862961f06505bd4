import { describe, expect, it } from 'vitest'
import { noneYet, withMember } from '../../../src/operations/users/distinct.ts'
import { otherValues, type UserQuery, type UserStore } from '../../../src/operations/users/ports.ts'
import { createUserUseCases } from '../../../src/operations/users/users.usecases.ts'

const hour = 3_600_000
const day = 24 * hour

const distinctOf = (members: readonly number[]) =>
  members.reduce((distinct, member) => withMember(distinct, member), noneYet())

function world(over: Partial<UserStore> = {}) {
  const asked: unknown[] = []
  const clock = () => 500 * day + 5 * hour + 7
  const store: UserStore = {
    add: async () => undefined,
    async *read() {},
    numbers: async () => [],
    apps: async () => ['a', 'b'],
    condense: async (before) => void asked.push(before),
    ...over,
  }
  let flushed = 0
  const counts = { flush: async () => void flushed++ }
  return { users: createUserUseCases({ store, counts, clock }), asked, flushed: () => flushed }
}

describe('counts of users', () => {
  it('are exact until their hour is over, kept per hour for 14 days, and 400 days in all', async () => {
    const { users, asked } = world()
    await users.condense()
    expect(asked).toEqual([{ exact: 500 * day + 4 * hour, hours: 486 * day, days: 100 * day }])
  })

  it('of a day are the union of its hours: who came in two of them is one', async () => {
    const queries: UserQuery[] = []
    const { users, flushed } = world({
      async *read(query) {
        queries.push(query)
        const count = { dimension: 'build' as const, code: '', refused: noneYet() }
        if (query.app !== 'a') return
        yield { ...count, value: '1', at: 499 * day, passed: distinctOf([1, 2]) }
        yield { ...count, value: '1', at: 499 * day + hour, passed: distinctOf([2, 3]) }
        yield { ...count, value: otherValues, at: 499 * day + hour, passed: distinctOf([9]) }
        yield { ...count, value: '1', at: 500 * day, passed: distinctOf([1]) }
      },
    })
    const asked = { where: {}, limit: 9, by: ['build'] as const }
    const { groups } = await users.installations({ ...asked, span: 'day' })
    expect(groups.map(({ at, build, passed, other }) => [at, build, passed, other])).toEqual([
      [new Date(500 * day).toISOString(), '1', 1, undefined],
      [new Date(499 * day).toISOString(), '1', 3, undefined],
      [new Date(499 * day).toISOString(), undefined, 1, true],
    ])
    expect((await users.installations({ ...asked, app: 'a' })).groups).toMatchObject([
      { app: 'a', build: '1', passed: 3 },
      { other: true, passed: 1 },
    ])
    expect(queries.map(({ app, since, until }) => [app, (until - since) / day])).toEqual([
      ['a', 1],
      ['b', 1],
      ['a', 1],
    ])
    expect(flushed()).toBe(2)
  })

  it('by the hour are refused for a time of which only days are kept, before anything is read', async () => {
    const { users, flushed } = world()
    const asked = { where: {}, limit: 9, by: [] }
    const since = (at: number) => ({ ...asked, since: new Date(at).toISOString() })
    await expect(users.installations({ ...since(486 * day - 1), span: 'hour' })).rejects.toMatchObject({
      code: 'span_too_fine',
    })
    expect(flushed()).toBe(0)
    expect((await users.installations({ ...since(486 * day), span: 'hour' })).groups).toEqual([])
    expect((await users.installations({ ...since(0), span: 'day' })).groups).toEqual([])
    expect((await users.installations(since(0))).groups).toEqual([])
  })

  it('of a span are numbers, without their members, as soon as the next span is read', async () => {
    const { users } = world({
      apps: async () => ['a'],
      async *read() {
        const count = { dimension: 'build' as const, value: '1', code: '', refused: noneYet() }
        const members = new Set([1, 2])
        yield { ...count, at: 500 * day, passed: { kind: 'members', members } }
        yield { ...count, at: 500 * day + hour, passed: distinctOf([3]) }
        members.clear()
        yield { ...count, at: 500 * day + 2 * hour, passed: distinctOf([4]) }
      },
    })
    const { groups } = await users.installations({ by: ['build'], span: 'hour', where: {}, limit: 9 })
    expect(groups.map(({ passed }) => passed)).toEqual([1, 1, 2])
  })

  it('of more spans and apps than are shown are the newest, and of these the largest', async () => {
    const { users } = world({
      async *read({ app }) {
        for (let i = 0; i < 40; i++) {
          const passed = distinctOf(app === 'a' ? [1] : [1, 2])
          yield {
            dimension: 'app',
            value: '',
            code: '',
            at: 499 * day + i * hour,
            passed,
            refused: noneYet(),
          }
        }
      },
    })
    const shown = async (limit: number) => {
      const { groups, truncated } = await users.installations({ by: [], span: 'hour', where: {}, limit })
      return [truncated, ...groups.map(({ at = '', app }) => [app, (Date.parse(at) - 499 * day) / hour])]
    }
    expect(await shown(3)).toEqual([true, ['b', 39], ['a', 39], ['b', 38]])
    expect(await shown(79)).toHaveLength(80)
    expect((await shown(80))[0]).toBe(false)
  })

  it('by what is not counted together are none', async () => {
    const { users } = world()
    const { groups } = await users.installations({ by: ['tier', 'code'], where: {}, limit: 9 })
    expect(groups).toEqual([])
  })

  it('are measured for the last hour that is over, without the rest', async () => {
    const asked: unknown[] = []
    const numbers = { app: 'a', code: '', at: 0, passed: 1, refused: 0 }
    const { users } = world({
      numbers: async (at, dimension, limit) => {
        asked.push([at, dimension, limit])
        return dimension === 'app'
          ? [{ ...numbers, dimension, value: '' }]
          : ['1', otherValues].map((value) => ({ ...numbers, dimension, value }))
      },
    })
    expect(users.measured()).toEqual([])
    await users.measure()
    expect(asked).toEqual([
      [500 * day + 4 * hour, 'app', 200],
      [500 * day + 4 * hour, 'build', 200],
    ])
    expect(users.measured().map(({ dimension, value }) => [dimension, value])).toEqual([
      ['app', ''],
      ['build', '1'],
    ])
  })
})
