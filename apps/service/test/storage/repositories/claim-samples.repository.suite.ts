import { describe, expect, it } from 'vitest'
import { samplesPerDay, type ClaimSample } from '../../../src/provisioning/dry-run/ports.ts'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import {
  createSampleRepository,
  samplesPerSlice,
} from '../../../src/storage/repositories/claim-samples.repository.ts'
import { exampleApp } from '../support/examples.ts'
import { watchRemovals } from '../support/removals.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const app = 'com.example'
const sample = (day: number, rank: number, of = app): ClaimSample => ({
  ...{ app: of, day, rank, at: 5, build: '1', versionCode: 7, isRemembered: true },
  claims: [{ format: 'software', claims: { measured: true } }],
  facts: {
    installation: { holderKey: 'software', enrolmentsToday: 0, hardwareKeyDemanded: false },
    ...{ registered: {}, missing: [], unread: [], ages: {} },
  },
})

export function sampleRepositorySuite(world: StorageWorld): void {
  const open = async () => {
    const { db } = await world.open()
    const apps = createAppRepository({ db })
    await apps.insert(exampleApp(app))
    return { samples: createSampleRepository({ db }), apps }
  }

  describe('samples of claims', () => {
    it('are added once, read page by page, removed when they are old, and go with their app', async () => {
      const { samples, apps } = await open()
      await samples.add([sample(2, 2 ** 47), sample(1, 5), sample(2, 3), sample(2, 3, 'com.example.none')])
      await samples.add([{ ...sample(1, 5), build: 'other' }])
      expect(await samples.read(app, 1, undefined, 2)).toEqual([sample(1, 5), sample(2, 3)])
      expect(await samples.read(app, 1, sample(2, 3), 2)).toEqual([sample(2, 2 ** 47)])
      expect(await samples.read(app, 2, undefined, 9)).toHaveLength(2)
      await samples.prune(2)
      expect(await samples.read(app, 0, undefined, 9)).toHaveLength(2)
      await apps.remove(app)
      await apps.insert(exampleApp(app))
      expect(await samples.read(app, 0, undefined, 9)).toEqual([])
    })

    it('go a few at a time, of every app, so that nobody waits for long', async () => {
      const removals = watchRemovals()
      const { db } = await world.open()
      const watched = db.withPlugin(removals)
      const apps = createAppRepository({ db })
      const samples = createSampleRepository({ db: watched })
      for (const id of [app, 'com.example.other']) {
        await apps.insert(exampleApp(id))
        await samples.add(Array.from({ length: 3 * samplesPerSlice }, (_, i) => sample(1 + (i % 2), i, id)))
        await samples.add([sample(3, 0, id)])
      }
      await samples.prune(3)
      expect(removals.rows).toEqual(Array.from({ length: 6 }, () => samplesPerSlice))
      for (const id of [app, 'com.example.other'])
        expect(await samples.read(id, 0, undefined, 9)).toEqual([sample(3, 0, id)])
    })

    it('of too high a rank go a few at a time as well', async () => {
      const removals = watchRemovals()
      const { db } = await world.open()
      await createAppRepository({ db }).insert(exampleApp(app))
      const samples = createSampleRepository({ db: db.withPlugin(removals) })
      await samples.add(Array.from({ length: samplesPerDay + 50 }, (_, i) => sample(1, i)))
      expect(removals.rows.reduce((sum, rows) => sum + rows)).toBe(50)
      expect(Math.max(...removals.rows)).toBe(samplesPerSlice)
    })

    it('are the lowest of an app and day', async () => {
      const { samples } = await open()
      const all = Array.from({ length: samplesPerDay + 50 }, (_, i) => sample(1, i * 7))
      await samples.add(all.toReversed())
      await samples.add([sample(2, 9_999_999)])
      const kept = await samples.read(app, 1, undefined, 2 * samplesPerDay)
      expect(kept.map(({ rank }) => rank)).toEqual([
        ...all.slice(0, samplesPerDay).map(({ rank }) => rank),
        9_999_999,
      ])
    })
  })
}
