import { createHash } from 'node:crypto'
import { digestImage, epochSeed, type SdkManifest } from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import type { Build } from '@assay/protocol/schemas'
import { describe, expect, it } from 'vitest'
import { createMeasurements, readPlan } from '../../../src/attestation/measurement/measurements.ts'
import { BlobError } from '../../../src/storage/index.ts'
import { imageOf } from '../../support/device.ts'

const files = { 'a.js': Buffer.alloc(3_000_000, 1), 'b.js': Buffer.alloc(5000, 2) }
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const build = {
  app: 'com.example.app',
  id: '1',
  coverage: 'image',
  base: null,
  splits: null,
  variants: [],
  first_ended_at: null,
  image_digest: 'd',
  state: 'active',
  segments: Object.entries(files).map(([name, bytes]) => ({
    name,
    kind: 'script',
    length: bytes.length,
    sha256: sha256(bytes),
  })),
} as unknown as Build

function world() {
  const byDigest = new Map(Object.values(files).map((bytes) => [sha256(bytes), bytes]))
  const state = {
    bytes: 0,
    now: 1_000_000_000,
    missing: false,
    isAway: false,
    reads: 0,
    manifest: undefined as SdkManifest | undefined,
  }
  const segments = {
    open: (digest: string) => {
      const bytes = byDigest.get(digest)
      if (state.missing || bytes === undefined)
        throw new BlobError('STORAGE_BLOB_MISSING', 'a blob is missing')
      return {
        read: (offset: number, count: number) => {
          state.bytes += count
          state.reads += 1
          return bytes.subarray(offset, offset + count)
        },
      }
    },
  }
  const measurements = createMeasurements({
    builds: {
      find: async () => {
        if (state.isAway) throw new Error('the store is away')
        return build
      },
      findManifest: async () => state.manifest,
      listActive: async () => [build],
    },
    segments,
    epochKey: Buffer.alloc(32, 5),
    epochLength: 1000,
    clock: () => state.now,
  })
  return { state, measurements }
}

const total = files['a.js'].length + files['b.js'].length

describe('plans and digests', () => {
  it('are made once for each build and epoch, however many ask', async () => {
    const { state, measurements } = world()
    const digests = await Promise.all(Array.from({ length: 20 }, () => measurements.digest(build, 1000)))
    expect(new Set(digests).size).toBe(1)
    expect(state.bytes).toBe(total)
    await measurements.digest(build, 1001)
    expect(state.bytes).toBe(2 * total)
  })

  it('agree with what a device computes', async () => {
    const { measurements } = world()
    const { plan } = readPlan(await measurements.planned(build, 7, ['js.natives']))
    expect(plan).toMatchObject({ app: build.app, build: '1', epoch: 7, probes: [] })
    const seed = await epochSeed(nodeCrypto, Buffer.alloc(32, 5), 7, build.app, '1')
    expect(plan.seed).toBe(Buffer.from(seed).toString('base64url'))
    expect((await measurements.digest(build, 7)).image).toEqual(
      await digestImage(imageOf(files), 'image', seed, nodeCrypto),
    )
  })

  it('stay while many other builds attest, and are drawn up again when there is no more room', async () => {
    const { measurements } = world()
    const first = await measurements.planned(build, 7, [])
    const digests = await measurements.digest(build, 7)
    for (let i = 0; i < 300; i++) await measurements.planned({ ...build, id: `other-${i}` }, 7, [])
    expect(await measurements.planned(build, 7, [])).toBe(first)
    const [fill] = measurements.fill()
    const each = (fill?.held as number) / 301
    for (let i = 0; i * each < (fill?.most as number); i++)
      await measurements.planned({ ...build, id: `more-${i}` }, 7, [])
    expect(measurements.fill()[0]?.held).toBeLessThanOrEqual(fill?.most as number)
    const again = await measurements.planned(build, 7, [])
    expect(again).not.toBe(first)
    for (const part of ['planText', 'planDigest', 'sdk'] as const) expect(again[part]).toEqual(first[part])
    expect(measurements.ready(build, 7, again)).toEqual(digests)
  })

  it('of an epoch are computed from those of the last one, for more builds than stay open, and without the store', async () => {
    const { state, measurements } = world()
    const builds = Array.from({ length: 300 }, (_, i) => ({ ...build, id: `other-${i}` }))
    for (const each of builds) await measurements.planned(each, 7, [])
    state.isAway = true
    for (const each of builds) {
      expect(readPlan(await measurements.planned(each, 8, [])).plan).toMatchObject({
        build: each.id,
        epoch: 8,
      })
    }
    const [first, second] = builds as [Build, Build]
    expect((await measurements.digest(first, 8)).image.segments).toHaveLength(2)
    // Nobody has asked for a plan of it in this epoch or the one before.
    await expect(measurements.planned(second, 10, [])).rejects.toThrow('the store is away')
  })

  it('are made in advance: for this epoch, and shortly before the next one for that', async () => {
    const { state, measurements } = world()
    await measurements.prepare(100)
    expect(state.bytes).toBe(total)
    state.now += 850_000
    await measurements.prepare(100)
    expect(state.bytes).toBe(total)
    state.now += 60_000
    await measurements.prepare(100)
    expect(state.bytes).toBe(2 * total)
    state.now += 200_000
    await measurements.prepare(100)
    expect(state.bytes).toBe(2 * total)
    // The previous epoch is kept; those before it are not.
    await measurements.digest(build, 1000)
    expect(state.bytes).toBe(2 * total)
    state.now += 1_000_000
    await measurements.prepare(100)
    await measurements.digest(build, 1000)
    expect(state.bytes).toBe(4 * total)
  })

  it('let other work go on while a large image is digested', async () => {
    const { measurements } = world()
    let ticks = 0
    const ticking = setInterval(() => (ticks += 1), 0)
    let rounds = 0
    const round = () => {
      rounds += 1
      if (!done) setImmediate(round)
    }
    let done = false
    setImmediate(round)
    await measurements.digest(build, 1).finally(() => (done = true))
    clearInterval(ticking)
    expect(rounds).toBeGreaterThan(3)
  })

  it('are made again after a failure', async () => {
    const { state, measurements } = world()
    state.missing = true
    await expect(measurements.digest(build, 1)).rejects.toMatchObject({ code: 'STORAGE_BLOB_MISSING' })
    state.missing = false
    expect((await measurements.digest(build, 1)).image.segments).toHaveLength(2)
  })
})

describe('a plan of a build with an SDK', () => {
  const manifest: SdkManifest = {
    v: 1,
    sdk: 'test/1.0',
    functions: { f: { segment: 'b.js', offset: 10, length: 20 } },
    exercises: ['refusal.1', 'forgotten.1'],
    probes: ['b', 'a', 'c'],
  }

  it('asks for its functions and known exercises, and for probes that are on and declared', async () => {
    const { state, measurements } = world()
    state.manifest = manifest
    const { plan, sdk } = readPlan(await measurements.planned(build, 7, ['a', 'b', 'x']))
    expect(plan).toMatchObject({ live: { show: ['f'], run: ['refusal.1'] }, probes: ['b', 'a'] })
    expect(Buffer.from(sdk.shown.f ?? []).toString('hex')).toBe(sha256(Buffer.alloc(20, 2)))
  })

  it('is one of an image that its functions lie in', async () => {
    const { state, measurements } = world()
    state.manifest = { ...manifest, functions: { f: { segment: 'b.js', offset: 4990, length: 20 } } }
    await expect(measurements.planned(build, 7, [])).rejects.toMatchObject({ code: 'MANIFEST_SLICE' })
  })

  it('is still recognised after the probes change, while it is kept', async () => {
    const { state, measurements } = world()
    state.manifest = manifest
    const { planText, planDigest } = await measurements.planned(build, 7, ['a'])
    expect(planDigest.toString('hex')).toBe(sha256(Buffer.from(planText, 'base64url')))
    expect((await measurements.issued(build, 7, ['a'], planDigest))?.planText).toBe(planText)
    const later = await measurements.issued(build, 7, ['b'], planDigest)
    expect(later?.plan.probes).toEqual(['a'])
    expect(await measurements.issued(build, 8, ['b'], planDigest)).toBeUndefined()
    for (let i = 0; i < 8; i++) await measurements.planned(build, 7, ['b', `x${i}`])
    expect(await measurements.issued(build, 7, ['b'], planDigest)).toBeUndefined()
  })

  it('has its digests at hand once they are made', async () => {
    const { state, measurements } = world()
    const planned = await measurements.planned(build, 7, [])
    expect(measurements.ready(build, 7, planned)).toBeUndefined()
    const made = await measurements.digest(build, 7)
    state.bytes = 0
    expect(measurements.ready(build, 7, planned)).toEqual(made)
    expect(await measurements.digest(build, 7)).toEqual(made)
    expect(measurements.ready(build, 8, planned)).toBeUndefined()
    expect(state.bytes).toBe(0)
  })
})
