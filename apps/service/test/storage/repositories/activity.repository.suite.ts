import { describe, expect, it } from 'vitest'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { createBuildRepository } from '../../../src/storage/repositories/builds.repository.ts'
import { createActivityRepository } from '../../../src/storage/repositories/activity.repository.ts'
import { createTraceRepository } from '../../../src/storage/repositories/traces.repository.ts'
import { exampleApp, exampleBuild, exampleEnrolment, exampleTrace } from '../support/examples.ts'
import { installationsOf } from '../support/installations.ts'
import type { StorageWorld } from '../support/storage-world.ts'

const hour = (index: number) => new Date(Date.UTC(2026, 0, 1, index))

export function activityRepositorySuite(world: StorageWorld): void {
  describe('what doctor reads', () => {
    it('is when each build of the app was last attested', async () => {
      const opened = await world.open()
      const builds = createBuildRepository(opened)
      const app = exampleApp('com.example.app')
      await createAppRepository(opened).insert(app)
      for (const id of ['2', '1']) await builds.insert(exampleBuild(app.id, id))
      await builds.touch(app.id, '2', hour(5))
      const activity = createActivityRepository(opened)
      const second = { build: '2', last_seen_at: hour(5).toISOString() }
      expect(await activity.buildsSeen(app.id, { after: undefined, limit: 9 })).toEqual([
        { build: '1', last_seen_at: null },
        second,
      ])
      expect(await activity.buildsSeen(app.id, { after: '1', limit: 1 })).toEqual([second])
    })

    it('is how many installations were seen, and what evidence they lack', async () => {
      const opened = await world.open()
      const app = exampleApp('com.example.app')
      await createAppRepository(opened).insert(app)
      const installations = installationsOf(opened)
      const enrol = async (thumbprint: string, formats: string[], at: number) => {
        const evidence = formats.map((format) => ({ format, claims: {}, verifiedAt: at }))
        const enrolment = exampleEnrolment(app.id, thumbprint, { evidence, vouchingKey: undefined })
        expect(await installations.enrol(enrolment, at)).toBe('ok')
      }
      const day = 86_400_000
      await enrol('a', ['y', 'x'], 5 * day)
      await enrol('b', ['x'], 6 * day)
      await enrol('c', [], 4 * day)
      const count = (since: number) =>
        createActivityRepository(opened).countInstallations(app.id, new Date(since), { ex: 'x', why: 'y' })
      expect(await count(0)).toEqual({ total: 3, without: { ex: 1, why: 2 } })
      // A day counts as a whole: the time within it is not kept.
      expect(await count(5.9 * day)).toEqual({ total: 2, without: { ex: 0, why: 1 } })
      expect(await count(7 * day)).toEqual({ total: 0, without: { ex: 0, why: 0 } })
      await enrol('c', ['x', 'y'], 7 * day)
      expect(await count(5 * day)).toEqual({ total: 3, without: { ex: 0, why: 1 } })
    })

    it('is how often attestations of the app were refused, by build and code', async () => {
      const opened = await world.open()
      const at = (index: number) => ({ app: 'a', build: '1', code: 'X', at: hour(index).toISOString() })
      await createTraceRepository(opened).insert([
        exampleTrace('t1', at(1)),
        exampleTrace('t2', at(2)),
        exampleTrace('t3', at(3)),
        exampleTrace('t4', { ...at(4), code: 'Y' }),
        exampleTrace('t5', { ...at(5), build: '2', outcome: 'malfunction' }),
        exampleTrace('t6', { ...at(6), app: 'b' }),
        exampleTrace('t7', { ...at(7), build: 'made-up', code: 'build_not_registered' }),
      ])
      const counted = await createActivityRepository(opened).countRefusals('a', hour(2))
      expect(counted).toEqual([
        { build: '2', outcome: 'malfunction', code: 'X', count: 1, last_at: hour(5).toISOString() },
        { build: '1', outcome: 'denied', code: 'Y', count: 1, last_at: hour(4).toISOString() },
        { build: '1', outcome: 'denied', code: 'X', count: 2, last_at: hour(3).toISOString() },
      ])
    })
  })
}
