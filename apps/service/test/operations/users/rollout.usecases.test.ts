import { createHash } from 'node:crypto'
import type { Rollout } from '@assay/protocol/schemas'
import { describe, expect, it } from 'vitest'
import { noneYet, sketchOf, withMember, type Distinct } from '../../../src/operations/users/distinct.ts'
import type { UserCount, UserDimension, UserQuery, UserStore } from '../../../src/operations/users/ports.ts'
import { createRolloutUseCases } from '../../../src/operations/users/rollout.usecases.ts'
import { createUserUseCases } from '../../../src/operations/users/users.usecases.ts'

const app = 'com.example'
const day = 86_400_000
const now = 100 * day

/** Sketches take members for digests. */
const digestOf = (number: number) => createHash('sha256').update(`${number}`).digest().readUIntBE(0, 6)

let next = 0
/** So many that nobody else is. */
const some = (count: number): Distinct => {
  let distinct = noneYet()
  for (let i = 0; i < count; i++) distinct = withMember(distinct, digestOf(next++))
  return distinct
}

type Row = UserCount & { at: number }
const row = (dimension: UserDimension, value: string, passed: number, refused: number, more = {}): Row => ({
  ...{ dimension, value, code: '', at: now - 3_600_000 },
  ...{ passed: some(passed), refused: some(refused) },
  ...more,
})

const build = (id: string, version_code: number, more = {}) => ({
  ...{
    id,
    version_code,
    version_name: null,
    state: 'active' as const,
    channel: 'production' as const,
    expires_at: null,
  },
  ...{ created_at: '2026-01-01T00:00:00.000Z', ...more },
})

const minimums = { min_version_code: 1, beta_min_version_code: 5, internal_min_version_code: null }

function world(rows: readonly Row[], { builds = [build('2', 2), build('1', 1)], apis = [] as never[] } = {}) {
  const store = {
    async *read({ dimension, value, code, since, until }: UserQuery) {
      for (const one of rows)
        if (
          one.dimension === dimension &&
          (value === undefined || one.value === value) &&
          (code === undefined || one.code === code) &&
          one.at + 3_600_000 > since &&
          one.at < until
        )
          yield one
    },
  }
  const clock = () => now
  const users = createUserUseCases({
    store: store as unknown as UserStore,
    counts: { flush: async () => undefined },
    clock,
  })
  return createRolloutUseCases({
    users,
    findApp: async (id) => (id === app ? minimums : undefined),
    buildsOf: async () => builds,
    apisOf: async () => apis,
    clock,
  })
}

const safeOf = async (rows: readonly Row[], more = {}): Promise<Rollout['safe_to_enforce']> =>
  (await world(rows, more).rollout(app, {})).safe_to_enforce

describe('safe to enforce', () => {
  it('is a build that reached enough users and refuses hardly any of them', async () => {
    expect(await safeOf([row('build', '2', 400, 0)])).toMatchObject({
      is_safe: true,
      doubts: [],
      refused_share: { low: 0, high: 0.0095 },
    })
    expect(await safeOf([row('build', '2', 4_000, 20)])).toMatchObject({ is_safe: true })
  })

  it('is none that reached too few', async () => {
    expect((await safeOf([row('build', '2', 399, 0)])).doubts).toEqual([
      { kind: 'too_few', installations: 399 },
    ])
    expect((await safeOf([])).doubts).toContainEqual({ kind: 'too_few', installations: 0 })
    expect((await safeOf([], { builds: [] })).is_safe).toBe(false)
  })

  it('is none of which more than 1 % may be refused', async () => {
    expect((await safeOf([row('build', '2', 4_000, 40)])).doubts).toEqual([
      { kind: 'refused', installations: 40 },
    ])
    expect((await safeOf([row('build', '2', 396, 4)])).doubts).toEqual([
      { kind: 'refused', installations: 4 },
    ])
  })

  it('counts an estimate as if it were off to the worse', async () => {
    const passed = some(4_000)
    const refused = some(25)
    const exact = { ...row('build', '2', 0, 0), passed, refused }
    expect((await safeOf([exact])).is_safe).toBe(true)
    const about = { ...sketchOf(passed), known: undefined }
    expect((await safeOf([{ ...exact, passed: about }])).refused_share.high).toBeGreaterThan(
      (await safeOf([exact])).refused_share.high,
    )
  })

  it('shows the whole interval that an estimate leaves open, not one of worsened numbers', async () => {
    const passed = some(4_000)
    const exact = { ...row('build', '2', 0, 0), passed, refused: some(400) }
    const { low, high } = (await safeOf([exact])).refused_share
    const about = { ...sketchOf(passed), known: undefined }
    const wider = (await safeOf([{ ...exact, passed: about }])).refused_share
    expect(wider.low).toBeLessThan(low)
    expect(wider.high).toBeGreaterThan(high)
  })

  it('is none while a build, tier or code is counted without its name', async () => {
    const large = row('build', '2', 4_000, 10)
    for (const of of ['build', 'tier', 'code'] as const)
      expect((await safeOf([large, row(of, '\n', 2, 1)])).doubts).toEqual([
        { kind: 'uncounted', installations: 3, of },
      ])
    expect((await safeOf([large, row('build_code', '\n', 0, 1, { code: '\n' })])).is_safe).toBe(true)
  })

  it('is none while one OS version is refused, however small a part it is', async () => {
    const large = row('build', '2', 9_000, 10)
    const of = 'Android 16'
    expect((await safeOf([large, row('os_version', of, 0, 10)])).doubts).toEqual([
      { kind: 'os_version', installations: 10, of },
    ])
    expect((await safeOf([large, row('os_version', of, 0, 9)])).is_safe).toBe(true)
    expect((await safeOf([large, row('os_version', of, 300, 10)])).is_safe).toBe(true)
    expect((await safeOf([large, row('os_version', '\n', 0, 50)])).is_safe).toBe(true)
  })

  it('is none while an API that only observes would refuse tiers that users have', async () => {
    const rows = [
      row('build', '2', 1_000, 0),
      row('tier', 'warning', 970, 0),
      row('tier', 'contraindicated', 30, 0),
      row('tier', '', 0, 0),
    ]
    const api = (enforcement: string, tiers: string[]) => ({ audience: 'https://a', enforcement, tiers })
    const doubts = async (apis: object[]) => (await safeOf(rows, { apis })).doubts
    expect(await doubts([api('observe', ['affirming', 'warning'])])).toEqual([
      { kind: 'observed', installations: 30, of: 'https://a' },
    ])
    expect(await doubts([api('enforce', ['affirming', 'warning'])])).toEqual([])
    expect(await doubts([api('observe', ['warning', 'contraindicated'])])).toEqual([])
  })
})

describe('a roll-out', () => {
  it('is of the newest build that can attest, beside the one that had users before it', async () => {
    const builds = [
      build('pending', 9, { state: 'pending' }),
      build('retired', 8, { state: 'retired' }),
      build('expired', 7, { expires_at: new Date(now).toISOString() }),
      build('too old a beta', 4, { channel: 'beta' }),
      build('a', 3, { expires_at: new Date(now + 1).toISOString() }),
      build('b', 3, { created_at: '2026-02-01T00:00:00.000Z' }),
      build('waits', 2, { state: 'pending' }),
      build('old', 1, { state: 'retired' }),
    ]
    const of = async (query: object) => {
      const { build: now, previous } = await world([], { builds }).rollout(app, query)
      return [now?.build, previous?.build]
    }
    expect(await of({})).toEqual(['b', 'a'])
    expect(await of({ build: 'a' })).toEqual(['a', 'old'])
    expect(await of({ build: 'old' })).toEqual(['old', undefined])
  })

  it('counts a user who passed and was refused once among the reached', async () => {
    const both = some(5)
    const { build: now } = await world([{ ...row('build', '2', 0, 0), passed: both, refused: both }]).rollout(
      app,
      {},
    )
    expect(now).toMatchObject({ passed: 5, refused: 5, reached: 5 })
  })

  it('marks the number of those reached as an estimate if both outcomes are exact and their union is not', async () => {
    const { build: now } = await world([row('build', '2', 6_000, 6_000)]).rollout(app, {})
    expect(now).toMatchObject({ passed: 6_000, refused: 6_000, approximate: true })
  })

  it('begins with a full hour, and beyond 14 days with a full day, so that nobody is counted now and before', async () => {
    const rows = [row('os_version', 'Android 16', 3, 0, { at: now - 2 * 3_600_000 })]
    const since = async (ago: number) => {
      const asked = new Date(now - ago).toISOString()
      const { since: from, os_versions } = await world(rows).rollout(app, { since: asked })
      return [(now - Date.parse(from)) / 3_600_000, os_versions[0]?.passed, os_versions[0]?.before.passed]
    }
    expect(await since(1.5 * 3_600_000)).toEqual([2, 3, 0])
    expect(await since(13.99 * day)).toEqual([336, 3, 0])
    expect(await since(14.5 * day)).toEqual([360, 3, 0])
  })

  it('shows what OS versions were like before, over as long a time', async () => {
    const rows = [
      row('os_version', 'Android 16', 1, 12),
      row('os_version', 'Android 16', 7, 1, { at: now - 1.5 * day }),
      row('os_version', 'Android 16', 99, 99, { at: now - 2.5 * day }),
    ]
    const { os_versions } = await world(rows).rollout(app, {})
    expect(os_versions).toEqual([
      { os_version: 'Android 16', passed: 1, refused: 12, before: { passed: 7, refused: 1 } },
    ])
  })

  it('says of the numbers before, too, whether they are estimates', async () => {
    const rows = [
      row('os_version', 'Android 16', 1, 12),
      row('os_version', 'Android 16', 12_000, 0, { at: now - 1.5 * day }),
    ]
    const { os_versions } = await world(rows).rollout(app, {})
    expect(os_versions[0]?.before).toMatchObject({ refused: 0, approximate: true })
  })

  it('names why, the most frequent first, and no code that refused nobody', async () => {
    const rows = [
      row('build_code', '2', 0, 3, { code: 'A' }),
      row('build_code', '2', 0, 5, { code: 'B' }),
      row('build_code', '2', 4, 0, { code: 'ALLOW_LISTED' }),
      row('build_code', '\n', 0, 9, { code: '\n' }),
    ]
    expect((await world(rows).rollout(app, {})).build?.reasons).toEqual([
      { code: 'B', installations: 5 },
      { code: 'A', installations: 3 },
    ])
  })
})
