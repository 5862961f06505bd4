import { readZip, writeZip } from '@assay/testkit'
import { without } from '../attack/sdks.ts'
import type { Attack } from '../attack/attack.ts'
import { noRegistration, onlyAssay, refusedWith } from '../attack/expected.ts'
import { tryDevice } from '../kinds/device-with-build.ts'
import { allOf, served, type Outcome } from '../world/outcome.ts'
import type { Pipeline, SentBuild } from '../world/pipeline.ts'
import type { World } from '../world/world.ts'

/** More than a key gets: beyond it the ids are taken. */
const mostIds = 150

/** What whoever has copied the registration key of a pipeline, and nothing else, gets out of it. */
export const pipelines: readonly Attack[] = [
  {
    id: 'split-registered-as-build',
    sdks: without('at-the-service'),
    title: 'A part of the app is registered as a whole build, with a leaked pipeline key',
    oat: 'OAT-020',
    method:
      'a split, and a set without one, each signed by the owner; a phone measures only that part. Twin: the whole set, of which the pipeline states that it has built it',
    expected: onlyAssay(noRegistration, refusedWith('APK_IS_SPLIT,build_not_registered')),
    run: {
      assay: async (world) => {
        const { native, operator } = world
        const pipeline = await operator.pipeline(native.app)
        const splits = (await readZip(native.apks)).filter(({ name }) => name.startsWith('splits/'))
        const some = splits.filter(({ name }) => /base-(?:master|arm64_v8a)\.apk$/.test(name))
        const library = splits.find(({ name }) => name.endsWith('base-arm64_v8a.apk'))?.content as Buffer
        const build = (id: string, type: 'apk' | 'apks', file: Buffer): SentBuild => ({
          ...{ app: native.app, type, file },
          query: { id },
        })
        const installed = await native.installed('arm64-v8a')
        const measured = installed.filter(({ name }) => name.startsWith('base/'))
        const tries = [
          await pipeline.send(build('library', 'apk', library)),
          await servedWith(world, pipeline.send(build('some', 'apks', await writeZip(some))), {
            build: 'some',
            segments: measured,
          }),
        ]
        const whole = pipeline.release(build('whole', 'apks', native.apks))
        return { attack: allOf(tries), twin: await servedWith(world, whole, { build: 'whole' }) }
      },
    },
  },
  {
    id: 'provenance-of-staging-replayed',
    sdks: without('at-the-service'),
    title: 'What the pipeline has signed for a staging service makes a build active in production',
    oat: 'OAT-020',
    method:
      'statements about a build that production has as pending: for staging, and of 200 days ago. Twin: a statement for production, of now',
    expected: onlyAssay(noRegistration, refusedWith('provenance_invalid')),
    run: {
      assay: async (world) => {
        const { native, operator } = world
        const pipeline = await operator.pipeline(native.app)
        const build = (id: string): SentBuild => ({
          ...{ app: native.app, type: 'apks', file: native.apks },
          query: { id },
        })
        const replay = async (id: string, other: Parameters<Pipeline['state']>[1]) =>
          servedWith(world, pipeline.send(build(id), await pipeline.state(build(id), other)), {
            build: id,
          })
        const tries = [
          await replay('of-staging', { issuer: 'https://staging.example' }),
          await replay('of-last-year', { daysAgo: 200 }),
        ]
        const twin = await servedWith(world, pipeline.release(build('of-production')), {
          build: 'of-production',
        })
        return { attack: allOf(tries), twin }
      },
    },
  },
  {
    id: 'release-id-squatted',
    sdks: without('at-the-service'),
    title: 'The ids of coming releases are taken by other builds, with a leaked pipeline key',
    oat: 'OAT-015',
    method:
      'a part of the app under the id of the next release, and then as many ids as the key gets. Through if the owner cannot release, or the part is served. Twin: the release under its id',
    expected: onlyAssay(noRegistration, refusedWith('SOFTWARE_SEGMENT_MISMATCH,builds_pending_full')),
    run: {
      assay: async (world) => {
        const { native, operator } = world
        const pipeline = await operator.pipeline(native.app)
        const splits = (await readZip(native.apks)).filter(({ name }) => name.startsWith('splits/'))
        const part = await writeZip(splits.filter(({ name }) => !name.includes('checkout')))
        const squat = (id: string) =>
          pipeline.send({ app: native.app, type: 'apks', file: part, query: { id } })
        await squat('next')
        const released = await pipeline.release({
          ...{ app: native.app, type: 'apks', file: native.apks },
          query: { id: 'next' },
        })
        const installed = await native.installed('arm64-v8a')
        const segments = installed.map(({ name, ...rest }) =>
          name.startsWith('base/')
            ? { name, ...rest }
            : { name, ...rest, bytes: Buffer.alloc(rest.bytes.length) },
        )
        const asPart = await tryDevice(world, native.android({ build: 'next', segments }), native.orders)
        let last = served()
        for (let index = 0; index < mostIds && last.through; index += 1) last = await squat(`next.${index}`)
        const attack = released.through ? allOf([asPart, last]) : served()
        return { attack, twin: await tryDevice(world, native.android({ build: 'next' }), native.orders) }
      },
    },
  },
  {
    id: 'variant-by-pipeline-key',
    sdks: without('at-the-service'),
    title:
      'Another image of a registered build is added as what a store made of it, with a leaked pipeline key',
    oat: 'OAT-020',
    method:
      'a set that the owner’s key signed, as a variant; in place of the registered image; with a statement of the pipeline about a build, not a variant; and with one about a variant, to end the registered image. A phone says the shape of that set. Twin: the pipeline states that the variant is its own',
    expected: onlyAssay(noRegistration, refusedWith('SOFTWARE_SEGMENTS,provenance_invalid,variant_refused')),
    run: {
      assay: async (world) => {
        const { native, operator } = world
        const pipeline = await operator.pipeline(native.app)
        await native.register('with-variants')
        const variant = (name: string, replace?: 'first'): SentBuild => ({
          ...{ app: native.app, type: 'apks', file: native.play.apks },
          query: { id: 'with-variants', variant: name, ...(replace && { replace }) },
        })
        const segments = await native.play.installed('arm64-v8a')
        const phone = { build: 'with-variants', segments }
        const { variant: _, ...ofBuild } = variant('stated').query
        const statement = await pipeline.state({ ...variant('stated'), query: ofBuild })
        const tries = [
          await servedWith(world, pipeline.send(variant('mine')), phone),
          await servedWith(world, pipeline.send(variant('mine', 'first')), phone),
          await servedWith(world, pipeline.send(variant('stated'), statement), phone),
          await servedWith(world, pipeline.release(variant('ours', 'first')), phone),
        ]
        return {
          attack: allOf(tries),
          twin: await servedWith(world, pipeline.release(variant('play')), phone),
        }
      },
    },
  },
]

/** What a phone gets whose app measures a build as it was registered. */
async function servedWith(
  world: World,
  sending: ReturnType<Pipeline['send']>,
  options: Parameters<World['native']['android']>[0],
): Promise<Outcome> {
  const sent = await sending
  return sent.through ? tryDevice(world, world.native.android(options), world.native.orders) : sent
}
