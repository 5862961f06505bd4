import type { AdmissibleTier } from '@assay/protocol'
import type { ListedAllowEntry, Api, App, StoredPolicy, BuildSummary } from '@assay/protocol/schemas'
import { describe, expect, it } from 'vitest'
import type { InstallationBans } from '../../../src/attestation/model/ports.ts'
import { createRegistrations } from '../../../src/attestation/registrations/registrations.ts'
import { vocabulary } from '../../schemes.ts'

const noBans: InstallationBans = { byKey: false, audiences: [] }
const named = <Fact>(...ids: string[]) => new Map(ids.map((id) => [id, { id } as Fact]))

function world() {
  const state = {
    apps: named<App>('a'),
    apis: new Map([['x', { audience: 'x' } as Api]]),
    origins: new Set(['https://o']),
    builds: named<BuildSummary>('a/1'),
    banned: new Set<string>(),
    bans: new Map<string, InstallationBans>(),
    allowed: new Map<string, ListedAllowEntry[]>(),
    policies: new Map<string, StoredPolicy>(),
    bootKeys: new Map<string, bigint>(),
    /** What was read, in order. */
    reads: [] as string[],
    now: 0,
    upToDateAt: -Infinity,
    isAway: false,
  }
  const read = async <T>(what: string, fact: () => T): Promise<T> => {
    state.reads.push(what)
    await Promise.resolve()
    if (state.isAway) throw new Error('the store is away')
    return fact()
  }
  const registrations = createRegistrations({
    vocabulary,
    apps: { find: (id) => read(`app ${id}`, () => state.apps.get(id)) },
    apis: {
      find: (audience) => read(`api ${audience}`, () => state.apis.get(audience)),
      names: () =>
        read('names', () => ({ audiences: new Set(state.apis.keys()), origins: new Set(state.origins) })),
    },
    builds: { findSummary: (app, id) => read(`build ${app}/${id}`, () => state.builds.get(`${app}/${id}`)) },
    bans: {
      hasAny: (app, keys) =>
        read(`ban ${keys.map(({ id }) => id).join()}`, () =>
          keys.some(({ id }) => state.banned.has(`${app}/${id}`)),
        ),
      ofInstallations: (app) => read(`bans ${app}`, () => state.bans.get(app) ?? noBans),
    },
    allowEntries: { list: (app) => read(`allowed ${app}`, () => state.allowed.get(app) ?? []) },
    policies: { find: (id) => read(`policy ${id}`, () => state.policies.get(id)) },
    bootKeys: { all: () => read('boot keys', () => new Map(state.bootKeys)) },
    clock: () => state.now,
    steady: () => state.now,
    upToDateAt: () => state.upToDateAt,
    outlast: 60_000,
  })
  return { state, registrations }
}

describe('registrations in memory', () => {
  it('are read once, each by its key, and again after a change', async () => {
    const { state, registrations } = world()
    const all = async () => [
      (await registrations.findApp('a'))?.id,
      (await registrations.findBuild('a', '1'))?.id,
      (await registrations.findApi('x'))?.audience,
      await registrations.isOrigin('https://o'),
    ]
    const expected = ['a', 'a/1', 'x', true]
    expect(await all()).toEqual(expected)
    expect(await all()).toEqual(expected)
    expect(state.reads).toEqual(['app a', 'build a/1', 'api x', 'names'])
    state.apps.delete('a')
    expect((await registrations.findApp('a'))?.id).toBe('a')
    registrations.changed()
    expect(await registrations.findApp('a')).toBeUndefined()
  })

  it('are read again by the key of what changed, and no others', async () => {
    const { state, registrations } = world()
    state.apps.set('b', { id: 'b' } as App)
    state.apis.set('y', { audience: 'y' } as Api)
    state.builds.set('a/2', { id: 'a/2' } as BuildSummary)
    const all = () =>
      Promise.all([
        registrations.findApp('a'),
        registrations.findApp('b'),
        registrations.findBuild('a', '1'),
        registrations.findBuild('a', '2'),
        registrations.findApi('x'),
        registrations.findApi('y'),
        registrations.isOrigin('https://o'),
      ])
    await all()
    for (const [changed, reads] of [
      [{ app: 'a' }, ['app a']],
      [{ build: ['a', '2'] }, ['build a/2']],
      [{ api: 'y' }, ['api y', 'names']],
      [{ policy: 'p' }, []],
    ] as const) {
      state.reads = []
      registrations.changed(changed)
      await all()
      expect(state.reads).toEqual(reads)
    }
  })

  it('are read once for all who ask at the same time', async () => {
    const { state, registrations } = world()
    await Promise.all([registrations.findApp('a'), registrations.findApp('a'), registrations.findApp('a')])
    expect(state.reads).toEqual(['app a'])
  })

  it('discard a reading that began before a change and arrives after it', async () => {
    const { state, registrations } = world()
    const before = registrations.findApp('a')
    state.apps = named<App>('b')
    registrations.changed({ app: 'a' })
    await before
    expect(await registrations.findApp('a')).toBeUndefined()
  })

  it('are not evicted by unregistered names', async () => {
    const { state, registrations } = world()
    await registrations.findApp('a')
    for (let i = 0; i < 10_001; i++) expect(await registrations.findApp(`made-up ${i}`)).toBeUndefined()
    state.reads = []
    await registrations.findApp('a')
    expect(state.reads).toEqual([])
  })

  it('recognise made-up names of APIs without reading the store', async () => {
    const { state, registrations } = world()
    expect(await registrations.isAudience('x')).toBe(true)
    for (let i = 0; i < 100; i++) {
      expect(await registrations.isAudience(`made-up ${i}`)).toBe(false)
      expect(await registrations.isOrigin(`https://made-up-${i}`)).toBe(false)
    }
    expect(state.reads).toEqual(['names'])
    state.apis.set('y', { audience: 'y' } as Api)
    registrations.changed({ api: 'y' })
    expect(await registrations.isAudience('y')).toBe(true)
    expect(state.reads).toEqual(['names', 'names'])
  })

  it('count while the store confirms them, and for a while after that', async () => {
    const { state, registrations } = world()
    await registrations.findApp('a')
    state.now = 59_000
    state.upToDateAt = 59_000
    state.isAway = true
    state.now = 118_999
    expect((await registrations.findApp('a'))?.id).toBe('a')
    // What was never read does not come from nowhere.
    await expect(registrations.findBuild('a', '1')).rejects.toThrow('the store is away')
    state.now = 119_000
    await expect(registrations.findApp('a')).rejects.toThrow('the store is away')
    state.isAway = false
    expect((await registrations.findApp('a'))?.id).toBe('a')
    expect(state.reads).toEqual(['app a', 'build a/1', 'app a', 'app a'])
  })

  it('count from the moment at which their reading began, where nothing was ever heard', async () => {
    const { state, registrations } = world()
    const reading = registrations.findApp('a')
    state.now = 10_000
    await reading
    state.isAway = true
    state.now = 59_999
    expect((await registrations.findApp('a'))?.id).toBe('a')
    state.now = 60_000
    await expect(registrations.findApp('a')).rejects.toThrow('the store is away')
  })

  it('are a malfunction while the store is away, and come back with it', async () => {
    const { state, registrations } = world()
    state.isAway = true
    await expect(registrations.findApp('a')).rejects.toThrow('the store is away')
    await expect(registrations.isBanned('a', { kind: 'app-attest-key', id: 'k' })).rejects.toThrow()
    state.isAway = false
    expect((await registrations.findApp('a'))?.id).toBe('a')
  })

  it('from before a write no longer count', async () => {
    const { state, registrations } = world()
    await registrations.findApp('a')
    registrations.changed()
    state.isAway = true
    await expect(registrations.findApp('a')).rejects.toThrow('the store is away')
  })

  it('know a ban from the moment that it is written', async () => {
    const { state, registrations } = world()
    const vouchingKey = { kind: 'app-attest-key', id: 'k' } as const
    expect(await registrations.isBanned('a', vouchingKey)).toBe(false)
    state.banned.add('a/k')
    expect(await registrations.isBanned('a', vouchingKey)).toBe(true)
    expect(await registrations.isBanned('b', vouchingKey)).toBe(false)
  })

  it('ask for bans of an installation only where the app has some', async () => {
    const { state, registrations } = world()
    const isBanned = () => registrations.isInstallationBanned('a', 't', (audience) => `t at ${audience}`)
    expect(await isBanned()).toBe(false)
    state.bans.set('a', { byKey: true, audiences: ['x', 'y'] })
    state.banned.add('a/t at y')
    expect(await isBanned()).toBe(false)
    expect(state.reads).toEqual(['bans a'])
    registrations.changed({ bans: 'a' })
    expect(await isBanned()).toBe(true)
    expect(state.reads).toEqual(['bans a', 'bans a', 'ban t,t at x,t at y'])
    expect(await registrations.isInstallationBanned('b', 't', () => '')).toBe(false)
  })

  it('let an installation through at the API and until the time that its entry says', async () => {
    const { state, registrations } = world()
    const isAllowed = (id: string, audience: string, installation: string) =>
      registrations.isAllowed(
        { id, let_through_tiers: [] },
        { audience, installation, tier: 'contraindicated' },
      )
    expect(await isAllowed('a', 'x', 'name')).toBe(false)
    const entry = {
      id: '1',
      app: 'a',
      audience: 'x',
      installation: 'name',
      note: null,
      author: null,
      created_at: '',
      tier: null,
    }
    state.allowed.set('a', [{ ...entry, expires_at: new Date(state.now + 1000).toISOString() }])
    registrations.changed({ allowed: 'a' })
    expect(await isAllowed('a', 'x', 'name')).toBe(true)
    expect(await isAllowed('a', 'y', 'name')).toBe(false)
    state.allowed.set('a', [
      { ...entry, refused: true, expires_at: new Date(state.now + 1000).toISOString() },
    ])
    registrations.changed({ allowed: 'a' })
    expect(await isAllowed('a', 'x', 'name')).toBe(false)
    state.allowed.set('a', [{ ...entry, expires_at: new Date(state.now + 1000).toISOString() }])
    registrations.changed({ allowed: 'a' })
    expect(await isAllowed('a', 'x', 'other')).toBe(false)
    expect(await isAllowed('b', 'x', 'name')).toBe(false)
    state.now += 1000
    expect(await isAllowed('a', 'x', 'name')).toBe(false)
  })

  it('count what support let through for its tier, while the app does not exclude it', async () => {
    const { state, registrations } = world()
    const entry = {
      ...{ id: '1', app: 'a', audience: 'x', installation: 'name' },
      ...{ note: null, author: null, created_at: '' },
    }
    const expires = new Date(state.now + 1000).toISOString()
    state.allowed.set('a', [{ ...entry, tier: 'warning', expires_at: expires }])
    const isAllowed = (tier: AdmissibleTier, tiers: AdmissibleTier[]) =>
      registrations.isAllowed(
        { id: 'a', let_through_tiers: tiers },
        { audience: 'x', installation: 'name', tier },
      )
    expect(await isAllowed('warning', ['warning'])).toBe(true)
    expect(await isAllowed('contraindicated', ['warning', 'contraindicated'])).toBe(false)
    expect(await isAllowed('warning', ['contraindicated'])).toBe(false)
    expect(await isAllowed('warning', [])).toBe(false)
  })

  it('contain the boot keys that were given, as one map until they change', async () => {
    const { state, registrations } = world()
    const none = await registrations.bootKeys()
    expect(none.size).toBe(0)
    state.bootKeys.set('5e', 1n)
    expect(await registrations.bootKeys()).toBe(none)
    registrations.changed({ policy: 'p' })
    expect(await registrations.bootKeys()).toBe(none)
    for (const change of ['bootKeys', undefined] as const) {
      registrations.changed(change)
      expect([...(await registrations.bootKeys())]).toEqual([['5e', 1n]])
    }
    expect(state.reads).toEqual(['boot keys', 'boot keys', 'boot keys'])
  })

  it('contain no policy that does not compile', async () => {
    const { state, registrations } = world()
    const policy = { id: 'p', version: 1, preset: false, document: {}, created_at: null }
    state.policies.set('p', policy)
    expect(await registrations.findPolicy('p')).toBeUndefined()
    expect(await registrations.findPolicy('q')).toBeUndefined()
  })
})
