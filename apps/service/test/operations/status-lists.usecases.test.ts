import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { faultOfShard, shardHolds, type StatusListClaims } from '@assay/protocol'
import type { Api } from '@assay/protocol/schemas'
import { generateSigningKey } from '@assay/tokens'
import { createStatusLists } from '../../src/operations/status-lists.usecases.ts'
import { createStatusNames } from '../../src/operations/status-names.ts'
import type { BanRange, StatusStore } from '../../src/operations/ports.ts'

const audience = 'https://api.example.com'
const app = 'com.example'
const start = Date.parse('2026-12-01T12:00:00Z')
const key = generateSigningKey('ES256', 1, 1)

const isList = new Ajv2020({ validateFormats: false }).compile(
  JSON.parse(
    readFileSync(
      new URL('../../../../packages/shared/vectors/guards/status-list.schema.json', import.meta.url),
      'utf8',
    ),
  ) as object,
)

interface StoredBan {
  /** The key of an installation; or a name that somebody stated, of an installation that nobody knows. */
  thumbprint: string
  isStated?: boolean
  app?: string
  since: number
  ends: number | null
}

/** A store in memory, which counts what is read of it. */
function memory() {
  const bans: StoredBan[] = []
  const reads: { from: number; until: number; rows: number }[] = []
  const within = ({ from, until, now }: BanRange) =>
    bans.filter(({ since, ends }) => since >= from && since < until && (ends === null || ends > now))
  const status: StatusStore = {
    retiredSince: async () => [],
    async banSlices({ from, until, now }, length) {
      const slices = new Map<number, StoredBan[]>()
      for (const ban of bans.filter(({ since }) => since >= from && since < until)) {
        const slice = Math.floor(ban.since / length)
        const of = slices.get(slice) ?? []
        of.push(ban)
        slices.set(slice, of)
      }
      return [...slices]
        .sort(([a], [b]) => a - b)
        .map(([slice, of]) => ({
          slice,
          count: of.length,
          mark: JSON.stringify([of.map(({ since, ends }) => [since, ends, ends !== null && ends <= now])]),
        }))
    },
    async banned(_apps, range) {
      const found = within(range).filter(({ isStated }) => isStated !== true)
      reads.push({ from: range.from, until: range.until, rows: found.length })
      return found.map(({ app: of = app, thumbprint, since }) => ({ app: of, thumbprint, since }))
    },
    bannedNames: async (_apps, _audience, range) =>
      within(range)
        .filter(({ isStated }) => isStated === true)
        .map(({ app: of = app, thumbprint, since }) => ({ app: of, name: thumbprint, since })),
  }
  return { bans, reads, status }
}

/** One node, on this store. */
function node(status: StatusStore, clock: () => number) {
  const api = { audience, apps: [app] } as unknown as Api
  const lists = createStatusLists({
    status,
    findApi: async (asked) => (asked === audience ? api : undefined),
    pseudonymOf: (_app, _audience, thumbprint) => `name of ${thumbprint}`,
    signingKey: () => key,
    publicUrl: () => 'https://attest.example',
    clock,
    onLeftOut: () => undefined,
  })
  const claims = async () => {
    const list = await lists.find(audience)
    const [, payload = ''] = String(list?.jwt.plain).split('.')
    const read = JSON.parse(String(Buffer.from(payload, 'base64url'))) as StatusListClaims
    expect(isList(read), JSON.stringify(isList.errors)).toBe(true)
    expect(isList({ ...read, shards: [] })).toBe(false)
    return read
  }
  return { lists, claims }
}

function world() {
  const store = memory()
  const state = { at: start }
  const clock = () => state.at
  const ban = (from: number, to: number, ends: number | null = null) => {
    for (let i = from; i < to; i++) store.bans.push({ thumbprint: `t${i}`, since: state.at, ends })
  }
  const first = node(store.status, clock)
  const holds = (i: number) => names(`name of t${i}`)
  /** Whether the list has it, or a shard. */
  const names = async (name: string) => {
    const { banned, banned_of_apps: ofApps = [], shards = [] } = await first.claims()
    if (banned.includes(name) || ofApps.some((one) => `${one.app} ${one.installation}` === name)) return true
    const hash = createHash('sha256').update(name).digest()
    for (const [index, digest] of shards.entries()) {
      const shard = await first.lists.findShard(audience, digest)
      if (typeof shard === 'string') throw new Error(shard)
      expect(createHash('sha256').update(shard.plain).digest('base64url')).toBe(digest)
      expect(faultOfShard(shard.plain, index, shards.length)).toBeUndefined()
      if (shardHolds(shard.plain, hash)) return true
    }
    return false
  }
  return { ...store, state, clock, ban, ...first, holds, names, node: () => node(store.status, clock) }
}

describe('a status list', () => {
  it('names up to 1,000 installations, and beyond the shards that hold all of them', async () => {
    const { ban, claims, state, holds } = world()
    ban(0, 1_000)
    expect((await claims()).banned).toHaveLength(1_000)
    expect(await claims()).not.toHaveProperty('shards')
    state.at += 5_000
    ban(1_000, 1_001)
    const { banned, shards } = await claims()
    expect([banned, shards?.length]).toEqual([[], 1])
    expect([await holds(0), await holds(1_000), await holds(1_001)]).toEqual([true, true, false])
  })

  it.each([2, 1_200])(
    'lists a stated name for its app alone, and a derived one in both forms: of %i',
    async (count) => {
      const { ban, bans, names } = world()
      ban(0, count - 1)
      bans.push({ thumbprint: 'stated', isStated: true, app: 'com.other', since: start, ends: null })
      expect([await names('stated'), await names(`${app} stated`), await names('com.other stated')]).toEqual([
        ...[false, false, true],
      ])
      expect([await names('name of t0'), await names(`${app} name of t0`)]).toEqual([true, true])
      expect(await names('com.other name of t0')).toBe(false)
    },
  )

  it('lists a name that was stated and is known as well in both forms', async () => {
    const { ban, bans, claims, names } = world()
    const stated = { thumbprint: 'name of t0', isStated: true, ends: null }
    bans.push({ ...stated, since: start })
    ban(0, 1)
    bans.push({ ...stated, since: start + 5_000 })
    expect([await names('name of t0'), await names(`${app} name of t0`)]).toEqual([true, true])
    expect((await claims()).banned_of_apps).toHaveLength(1)
  })

  it('names them itself again once they are few', async () => {
    const { ban, bans, claims, state } = world()
    ban(0, 1_001)
    expect((await claims()).shards).toHaveLength(1)
    bans.pop()
    state.at += 5_000
    expect((await claims()).banned).toHaveLength(1_000)
  })

  it('changes in the shards of its two forms with one more ban, and reads only what is recent', async () => {
    const { ban, claims, state, reads } = world()
    for (let i = 0; i < 20; i++) {
      ban(i * 1_000, (i + 1) * 1_000)
      state.at += 5_000
    }
    const { shards: before = [] } = await claims()
    expect(before).toHaveLength(8)
    state.at += 60_000
    await claims()
    reads.length = 0
    ban(20_000, 20_001)
    state.at += 5_000
    const { shards: after = [] } = await claims()
    expect(after.filter((digest, i) => digest !== before[i]).length).toBeLessThanOrEqual(2)
    expect(reads.map(({ rows }) => rows)).toEqual([1])
  })

  it('loses a ban that is lifted or ends, also an old one, and each after 25 minutes', async () => {
    const { ban, bans, state, holds, claims } = world()
    ban(0, 1_500)
    ban(1_500, 1_501, start + 300_000)
    state.at += 120_000
    expect([await holds(7), await holds(1_500)]).toEqual([true, true])
    bans.splice(7, 1)
    state.at += 5_000
    expect([await holds(7), await holds(8), await holds(1_500)]).toEqual([false, true, true])
    state.at = start + 300_000
    expect([await holds(8), await holds(1_500)]).toEqual([true, false])
    state.at = start + 1_500_000
    expect(await holds(8)).toBe(true)
    state.at += 5_000
    expect((await claims()).banned).toEqual([])
  })

  it('is the same at every node, whenever it was asked first', async () => {
    const { ban, claims, state, lists, node: other } = world()
    ban(0, 1_000)
    await claims()
    state.at += 90_000
    ban(1_000, 3_000)
    const [one, two] = [await claims(), await other().claims()]
    expect(one.shards).toEqual(two.shards)
    const later = other()
    expect((await lists.find(audience))?.etag).toBe((await later.lists.find(audience))?.etag)
  })

  it('is read anew for a shard that another node already names, but not for any digest at all', async () => {
    const { ban, claims, state, reads, lists, node: other } = world()
    ban(0, 1_500)
    await claims()
    ban(1_500, 1_501)
    const [digest = ''] = (await other().claims()).shards ?? []
    expect(await lists.findShard(audience, digest)).toBe('no_shard')
    state.at += 1_000
    expect(await lists.findShard(audience, digest)).toHaveProperty('plain')
    const { length } = reads
    for (let i = 0; i < 10; i++) expect(await lists.findShard(audience, `${i}`)).toBe('no_shard')
    expect(reads).toHaveLength(length)
    expect(await lists.findShard('https://other.example', digest)).toBe('no_api')
  })

  it('keeps the shards of the list before for 20 seconds', async () => {
    const { ban, claims, state, lists } = world()
    ban(0, 1_500)
    const [digest = ''] = (await claims()).shards ?? []
    state.at += 5_000
    ban(1_500, 1_501)
    await claims()
    state.at += 14_000
    await claims()
    expect(await lists.findShard(audience, digest)).toHaveProperty('plain')
    state.at += 5_000
    await claims()
    expect(await lists.findShard(audience, digest)).toBe('no_shard')
  })

  it('is compressed once: every answer is the same bytes', async () => {
    const { ban, claims, lists } = world()
    ban(0, 1_500)
    const [digest = ''] = (await claims()).shards ?? []
    expect(await lists.findShard(audience, digest)).toBe(await lists.findShard(audience, digest))
    expect((await lists.find(audience))?.jwt).toBe((await lists.find(audience))?.jwt)
  })

  it('says how large it is, until nobody has asked for it for ten minutes', async () => {
    const { ban, claims, state, lists } = world()
    expect(lists.sizes()).toEqual([])
    ban(0, 1_500)
    await claims()
    const [size] = lists.sizes()
    expect(size).toMatchObject({ api: audience, names: 1_500, builds: 0, shards: 1 })
    expect(size?.bytes).toBeGreaterThan(12_000)
    state.at += 599_999
    lists.forget()
    expect(lists.sizes()).toHaveLength(1)
    state.at += 1
    lists.forget()
    expect(lists.sizes()).toEqual([])
  })

  it('comes again after the store has failed', async () => {
    const { ban, status, state, clock } = world()
    ban(0, 3)
    let fails = true
    const other = node(
      {
        ...status,
        banSlices: (...range) => (fails ? Promise.reject(new Error('store')) : status.banSlices(...range)),
      },
      clock,
    )
    await expect(other.lists.find(audience)).rejects.toThrow('store')
    await expect(other.lists.findShard(audience, 'x')).rejects.toThrow('store')
    fails = false
    expect((await other.claims()).banned).toHaveLength(3)
    state.at += 5_000
    fails = true
    await expect(other.lists.find(audience)).rejects.toThrow('store')
  })
})

it('more names than a list can hold: the oldest are left out, and counted', async () => {
  const { ban, state, status, clock } = world()
  ban(0, 1_200)
  state.at += 5_000
  ban(1_200, 2_400)
  const names = createStatusNames({
    ...{ status, audience, apps: [app], clock, most: 4_000 },
    pseudonymOf: (_app, thumbprint) => thumbprint,
  })
  const found = await names.read()
  expect(found).toMatchObject({ leftOut: 1_200 })
  const newest = createHash('sha256').update('t2399').digest().readBigUInt64BE()
  expect('prefixes' in found && found.prefixes.includes(newest)).toBe(true)
})

it('a wave of bans is read in parts, between which others are served', async () => {
  const { ban, state, reads, claims } = world()
  for (let i = 0; i < 10; i++) {
    ban(i * 1_900, (i + 1) * 1_900)
    state.at += 5_000
  }
  await claims()
  expect(reads.map(({ rows }) => rows)).toEqual([3_800, 3_800, 3_800, 3_800, 3_800])
})

it('many bans are counted in parts as well, once it is known how many there are', async () => {
  const { ban, state, status, clock } = world()
  const counted: [from: number, until: number][] = []
  const names = createStatusNames({
    status: {
      ...status,
      banSlices: (range, length) => {
        counted.push([range.from, range.until])
        return status.banSlices(range, length)
      },
    },
    ...{ audience, apps: [app], clock },
    pseudonymOf: (_app, thumbprint) => thumbprint,
  })
  ban(0, 50_001)
  await names.read()
  expect(counted).toHaveLength(1)
  state.at += 5_000
  const found = await names.read()
  expect(found).toMatchObject({ count: 50_001, prefixes: { length: 100_002 } })
  const [, first, last] = counted
  expect(counted).toHaveLength(3)
  expect(first?.[1]).toBe(last?.[0])
  expect(last?.[1]).toBeGreaterThan(state.at + 300_000)
})
