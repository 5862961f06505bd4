import type { SdkManifest } from '@assay/measurement'
import type { Build } from '@assay/protocol/schemas'
import { describe, expect, it } from 'vitest'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { createBuildRepository } from '../../../src/storage/repositories/builds.repository.ts'
import type { VariantInsertOptions } from '../../../src/provisioning/model/ports.ts'
import type { OpenedDatabase } from '../../../src/storage/index.ts'
import { exampleApp, exampleBuild, exampleSegment, hexOf } from '../support/examples.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const all = { after: undefined, limit: 1000 }

async function withApp(opened: Promise<OpenedDatabase>, ...ids: string[]) {
  const { db } = await opened
  const apps = createAppRepository({ db })
  for (const id of ids) await apps.insert(exampleApp(id))
  return { apps, builds: createBuildRepository({ db }) }
}

const summary = (build: Build) => {
  const rest: Partial<Build> = { ...build }
  delete rest.segments
  return rest
}

const retiredAt = new Date('2026-03-03T00:00:00.000Z')

export function buildRepositorySuite(world: StorageWorld): void {
  describe('builds', () => {
    it('returns what was inserted, with segments ordered by the code points of their names', async () => {
      const { builds } = await withApp(world.open(), 'com.example')
      const names = ['lib/b.so', 'classes2.dex', 'classes.dex', 'lib/B.so', 'é', 'z', '🦄']
      const build = exampleBuild('com.example', '1.0+1', {
        debuggable: true,
        version_name: null,
        min_sdk: null,
        target_sdk: 36,
        version_code: Number.MAX_SAFE_INTEGER,
        segments: names.map((name) => exampleSegment(name, { length: 2 ** 40 })),
      })
      expect(await builds.insert(build)).toBe('ok')
      const found = await builds.find('com.example', '1.0+1')
      expect(found?.segments.map(({ name }) => name)).toEqual([
        'classes.dex',
        'classes2.dex',
        'lib/B.so',
        'lib/b.so',
        'z',
        'é',
        '🦄',
      ])
      expect({ ...found, segments: [] }).toEqual({ ...build, segments: [] })
      expect(new Set(found?.segments)).toEqual(new Set(build.segments))
      expect(await builds.find('com.example', '2')).toBeUndefined()
      expect(await builds.find('com.other', '1.0+1')).toBeUndefined()
    })

    it('keeps variants with segments of their own, numbers each once, and frees name and number', async () => {
      const { builds } = await withApp(world.open(), 'com.example')
      await builds.insert(exampleBuild('com.example', '1'))
      const add = (name: string, more: Partial<VariantInsertOptions> = {}) =>
        builds.insertVariant(
          exampleBuild('com.example', '1', {
            image_digest: hexOf(name),
            segments: [exampleSegment('classes.dex', { sha256: hexOf(name) })],
          }),
          {
            ...{ name, state: 'active', shapes: { '': 'AAAAAAAAAAA' }, manifest: null },
            ...{ replace: undefined, replacesPending: false, now: 1 },
            authority: { keys: [], app: exampleApp('com.example'), signers: [], base: null },
            ...more,
          },
        )
      const listed = async () =>
        (await builds.findSummary('com.example', '1'))?.variants.map(({ name, number }) => [name, number])
      // Of two at a time each gets a number of its own.
      expect(await Promise.all([add('a'), add('b')])).toEqual(['ok', 'ok'])
      expect(new Set((await listed())?.map(([, number]) => number))).toEqual(new Set([1, 2]))
      expect(await add('c', { state: 'pending' })).toBe('ok')
      expect(await add('a')).toBe('exists')
      expect(await add('d', { replace: 'none' })).toBe('nothing_to_replace')
      expect((await builds.find('com.example', '1', 'a'))?.segments).toMatchObject([{ sha256: hexOf('a') }])
      expect((await builds.find('com.example', '1'))?.segments).toHaveLength(2)
      expect(await builds.find('com.example', '1', 'none')).toBeUndefined()
      expect(await builds.listBlobs()).toContain(hexOf('b'))
      // What a store adds is nothing that other builds must have.
      expect(await builds.listCode('com.example', 1)).toHaveLength(2)
      expect(await add('e', { replace: 'a', now: 2 })).toBe('ok')
      expect(await builds.listBlobs()).not.toContain(hexOf('a'))
      expect(await builds.activateVariant('com.example', '1', 'c')).toBe('ok')
      expect(new Map((await listed()) as [string, number][]).get('c')).toBe(3)
      const end = (name: string) => builds.endImage('com.example', '1', name, retiredAt)
      expect(await builds.hasRetired('com.example', hexOf('b'))).toBe(false)
      const ofFirst = exampleBuild('com.example', '1').image_digest
      expect(await builds.hasRetired('com.example', ofFirst)).toBe(false)
      expect(await end('first')).toBe('ok')
      // Nobody brings the replaced image back under another id.
      expect(await builds.hasRetired('com.example', ofFirst)).toBe(true)
      expect(await builds.findSummary('com.example', '1')).toMatchObject({
        first_ended_at: retiredAt.toISOString(),
      })
      await builds.retire('com.example', '1', retiredAt)
      expect(await builds.hasRetired('com.example', hexOf('b'))).toBe(true)
      expect(await builds.hasRetired('com.other', hexOf('b'))).toBe(false)
      expect([await end('b'), await end('c'), await end('e'), await end('none')]).toEqual([
        'ok',
        'ok',
        'last',
        'build_not_found',
      ])
    })

    it('keeps the SDK in the build, and its manifest apart from it', async () => {
      const { builds } = await withApp(world.open(), 'com.example')
      const manifest: SdkManifest = {
        v: 1,
        sdk: 'assay-js/0.1.0',
        functions: { f: { segment: 'assets/é.js', offset: 2 ** 40, length: 7 } },
        exercises: ['plan.1'],
        probes: ['js.natives'],
      }
      const build = exampleBuild('com.example', '1', { sdk: manifest.sdk })
      expect(await builds.insert(build, { manifest })).toBe('ok')
      expect(await builds.findManifest('com.example', '1')).toEqual(manifest)
      expect((await builds.list('com.example', all))[0]).toEqual(summary(build))
      await builds.insert(exampleBuild('com.example', '2', { sdk: manifest.sdk }), { manifest: null })
      expect(await builds.findManifest('com.example', '2')).toBeUndefined()
      expect((await builds.find('com.example', '2'))?.sdk).toBe(manifest.sdk)
      expect(await builds.findManifest('com.example', '3')).toBeUndefined()
    })

    it('takes more segments than one statement has parameters for', async () => {
      const { builds } = await withApp(world.open(), 'com.example')
      const segments = Array.from({ length: 15_000 }, (_, index) =>
        exampleSegment(`assets/${String(index).padStart(5, '0')}.js`),
      )
      expect(await builds.insert(exampleBuild('com.example', '1', { segments }))).toBe('ok')
      expect((await builds.find('com.example', '1'))?.segments).toEqual(segments)
    })

    it('returns the build with that id, and changes nothing', async () => {
      const { apps, builds } = await withApp(world.open(), 'com.example')
      const build = exampleBuild('com.example', '1')
      await builds.insert(build)
      const other = exampleBuild('com.example', '1', {
        image_digest: hexOf('other'),
        segments: [exampleSegment('x')],
      })
      expect(await builds.insert(other, { addSigners: [hexOf('new')] })).toEqual({ exists: build })
      expect(await builds.find('com.example', '1')).toEqual(build)
      expect((await apps.find('com.example'))?.signers).toEqual([])
    })

    it('lists each place of code once, of builds of a version code for which somebody vouched', async () => {
      const { builds } = await withApp(world.open(), 'com.a1', 'com.b1')
      const of = (...names: string[]) => names.map((name) => exampleSegment(name))
      const add = (app: string, id: string, more: Partial<Build>) =>
        builds.insert(exampleBuild(app, id, { version_code: 7, format: 'apk', ...more }))
      await add('com.a1', '1', { segments: of('a', 'b') })
      await add('com.a1', '2', { segments: of('b', 'c'), sdk: 'assay-js/0.1.0' })
      await add('com.a1', 'bundle', { format: 'aab', segments: of('b') })
      await add('com.a1', 'pending', { segments: of('pending'), state: 'pending' })
      await add('com.a1', 'update', { segments: of('update'), base: '1' })
      await add('com.a1', 'older', { segments: of('older'), version_code: 6 })
      await add('com.b1', '1', { segments: of('other'), sdk: 'assay-js/0.1.0', state: 'pending' })
      await builds.retire('com.a1', '2', retiredAt)
      const places = (await builds.listCode('com.a1', 7)).map(({ format, name }) => `${format} ${name}`)
      expect(places.sort()).toEqual(['aab b', 'apk a', 'apk b', 'apk c'])
      expect(await builds.hasSdk('com.a1')).toBe(true)
      expect(await builds.hasSdk('com.b1')).toBe(false)
    })

    it('keeps equal ids of two apps apart', async () => {
      const { builds } = await withApp(world.open(), 'com.a1', 'com.b1')
      expect(await builds.insert(exampleBuild('com.a1', '1'))).toBe('ok')
      expect(await builds.insert(exampleBuild('com.b1', '1'))).toBe('ok')
      expect((await builds.find('com.b1', '1'))?.app).toBe('com.b1')
    })

    it('adds new signers to the app, each once', async () => {
      const { apps, builds } = await withApp(world.open(), 'com.example')
      await apps.update('com.example', { signers: [hexOf('known')] }, 0)
      const addSigners = [hexOf('known'), hexOf('new')]
      await builds.insert(exampleBuild('com.example', '1'), { addSigners })
      expect(new Set((await apps.find('com.example'))?.signers)).toEqual(new Set(addSigners))
    })

    it('says so when the app is not there', async () => {
      const { builds } = await withApp(world.open())
      expect(await builds.insert(exampleBuild('com.example', '1'))).toBe('app_not_found')
      expect(await builds.listBlobs()).toEqual(new Set())
    })

    it('leaves nothing of a build whose segments cannot be written', async () => {
      const { apps, builds } = await withApp(world.open(), 'com.example')
      const segments = [exampleSegment('twice'), exampleSegment('twice')]
      const insertion = builds.insert(exampleBuild('com.example', '1', { segments }), {
        addSigners: [hexOf('new')],
      })
      await expect(insertion).rejects.toThrow()
      expect(await builds.find('com.example', '1')).toBeUndefined()
      expect((await apps.find('com.example'))?.signers).toEqual([])
    })

    it('lists by id, all of them or page by page', async () => {
      const { builds } = await withApp(world.open(), 'com.example', 'com.other')
      const old = exampleBuild('com.example', '1', { created_at: '2026-01-01T00:00:00.000Z' })
      const recent = exampleBuild('com.example', '2', { created_at: '2026-02-01T00:00:00.000Z' })
      for (const build of [old, recent, exampleBuild('com.other', '1')]) await builds.insert(build)
      expect(await builds.list('com.example', all)).toEqual([summary(old), summary(recent)])
      expect(await builds.list('com.example', { after: undefined, limit: 1 })).toEqual([summary(old)])
      expect(await builds.list('com.example', { after: '1', limit: 2 })).toEqual([summary(recent)])
      expect(await builds.list('com.none', all)).toEqual([])
    })

    it('lists the newest, whatever their ids, but none by ABI', async () => {
      const { builds } = await withApp(world.open(), 'com.example', 'com.other')
      const at = (hour: number) => ({ created_at: new Date(hour * 3_600_000).toISOString() })
      for (let i = 0; i < 201; i++) await builds.insert(exampleBuild('com.example', hexOf(`${i}`), at(i)))
      await builds.insert(exampleBuild('com.example', 'by ABI', { ...at(300), splits: {} } as Partial<Build>))
      await builds.insert(exampleBuild('com.other', '1', at(300)))
      const newest = await builds.listNewest('com.example', 2)
      expect(newest).toEqual(
        [200, 199].map((i) => summary(exampleBuild('com.example', hexOf(`${i}`), at(i)))),
      )
    })

    it('retires, and retires again', async () => {
      const { builds } = await withApp(world.open(), 'com.example')
      const build = exampleBuild('com.example', '1')
      await builds.insert(build)
      const retired = { ...summary(build), state: 'retired' as const }
      expect(await builds.retire('com.example', '1', retiredAt)).toEqual(retired)
      expect(await builds.retire('com.example', '1', retiredAt)).toEqual(retired)
      expect(await builds.retire('com.example', '2', retiredAt)).toBeUndefined()
      expect((await builds.find('com.example', '1'))?.state).toBe('retired')
      expect(await builds.listActive()).toEqual([])
      expect(await builds.insert(build)).toEqual({ exists: { ...build, state: 'retired' } })
    })

    it('restores a build that was retired late enough, and no other', async () => {
      const { builds } = await withApp(world.open(), 'com.example')
      const build = exampleBuild('com.example', '1')
      await builds.insert(build)
      await builds.insert(exampleBuild('com.example', '2', { state: 'pending' }))
      await builds.retire('com.example', '1', retiredAt)
      const later = new Date(retiredAt.getTime() - 1)
      expect((await builds.restore('com.example', '1', retiredAt))?.state).toBe('retired')
      expect(await builds.restore('com.example', '1', later)).toEqual(summary(build))
      expect(await builds.hasRetired('com.example', build.image_digest)).toBe(false)
      expect((await builds.restore('com.example', '2', later))?.state).toBe('pending')
      expect(await builds.restore('com.example', '3', later)).toBeUndefined()
    })

    it('lists as active what is not retired and was seen or registered lately', async () => {
      const { builds } = await withApp(world.open(), 'com.example')
      const at = (created_at: string) => ({ created_at })
      await builds.insert(exampleBuild('com.example', 'new', at('2026-03-01T00:00:00.000Z')))
      await builds.insert(exampleBuild('com.example', 'old', at('2026-01-01T00:00:00.000Z')))
      await builds.insert(exampleBuild('com.example', 'seen', at('2026-01-01T00:00:00.000Z')))
      await builds.touch('com.example', 'seen', new Date('2026-03-02T00:00:00.000Z'))
      const ids = async (options?: { seenSince: Date }) =>
        (await builds.listActive(options)).map(({ id }) => id)
      expect(await ids()).toEqual(['new', 'old', 'seen'])
      expect(await ids({ seenSince: new Date('2026-02-01T00:00:00.000Z') })).toEqual(['new', 'seen'])
      await builds.retire('com.example', 'seen', retiredAt)
      expect(await ids({ seenSince: new Date('2026-02-01T00:00:00.000Z') })).toEqual(['new'])
    })

    it('writes when a build was seen at most once an hour', async () => {
      const { db } = await world.open()
      await createAppRepository({ db }).insert(exampleApp('com.example'))
      const builds = createBuildRepository({ db })
      await builds.insert(exampleBuild('com.example', '1'))
      const seen = async () =>
        (await db.selectFrom('builds').select('last_seen_at').executeTakeFirst())?.last_seen_at
      expect(await seen()).toBeNull()
      const start = Date.parse('2026-03-01T00:00:00.000Z')
      const hour = 3_600_000
      for (const [now, expected] of [
        [start, start],
        [start + hour - 1, start],
        [start - hour, start],
        [start + hour, start + hour],
      ] as const) {
        await builds.touch('com.example', '1', new Date(now))
        expect(await seen()).toBe(expected)
      }
    })

    it('names every blob once', async () => {
      const { apps, builds } = await withApp(world.open(), 'com.a1', 'com.b1')
      const shared = exampleSegment('shared')
      await builds.insert(exampleBuild('com.a1', '1', { segments: [shared, exampleSegment('a')] }))
      await builds.insert(exampleBuild('com.b1', '1', { segments: [shared] }))
      await builds.retire('com.b1', '1', retiredAt)
      expect(await builds.listBlobs()).toEqual(new Set([hexOf('shared'), hexOf('a')]))
      await apps.remove('com.a1')
      expect(await builds.listBlobs()).toEqual(new Set([hexOf('shared')]))
    })

    it('lets one of two insertions of an id win, whole', async () => {
      const { apps, builds } = await withApp(world.open(), 'com.example')
      const second = createBuildRepository(await world.openSecond())
      for (let round = 0; round < 10; round += 1) {
        const id = String(round)
        const make = (name: string) => {
          const segments = [1, 2, 3].map((index) => exampleSegment(`${name}${String(index)}`))
          return exampleBuild('com.example', id, { image_digest: hexOf(name), segments })
        }
        const [one, two] = [make('one'), make('two')]
        const outcomes = await Promise.all([
          builds.insert(one, { addSigners: [hexOf(`one${id}`)] }),
          second.insert(two, { addSigners: [hexOf(`two${id}`)] }),
        ])
        const winner = outcomes[0] === 'ok' ? one : two
        expect(outcomes).toContain('ok')
        expect(outcomes).toContainEqual({ exists: winner })
        expect(await builds.find('com.example', id)).toEqual(winner)
        const signers = (await apps.find('com.example'))?.signers
        expect(signers?.includes(hexOf(`one${id}`))).toBe(winner === one)
        expect(signers?.includes(hexOf(`two${id}`))).toBe(winner === two)
      }
    })

    it('never leaves a build without its app when both come at once', async () => {
      const { apps, builds } = await withApp(world.open())
      const second = createAppRepository(await world.openSecond())
      for (let round = 0; round < 10; round += 1) {
        await apps.insert(exampleApp('com.example'))
        const [outcome] = await Promise.all([
          builds.insert(exampleBuild('com.example', '1')),
          second.remove('com.example'),
        ])
        expect(['ok', 'app_not_found']).toContain(outcome)
        expect(await builds.list('com.example', all)).toEqual([])
      }
    })
  })
}
