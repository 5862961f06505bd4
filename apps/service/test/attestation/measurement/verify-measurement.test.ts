import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { software } from '@assay/evidence/software'
import { carryOutSync } from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { encodeBase64url } from '@assay/protocol'
import type { App, Build } from '@assay/protocol/schemas'
import { afterEach, describe, expect, it } from 'vitest'
import { createMeasurements, readPlan } from '../../../src/attestation/measurement/measurements.ts'
import {
  verifyMeasurement,
  type CheckMeasurement,
} from '../../../src/attestation/measurement/verify-measurement.ts'
import { problemOf } from '../../../src/faults/problem-error.ts'
import type { SharedBlobs } from '../../../src/storage/blobs/blob-store.ts'
import { openCachedBlobs, type CachedBlobs } from '../../../src/storage/blobs/cached-blobs.ts'
import { blobPath } from '../../../src/storage/blobs/file-blobs.ts'
import { BlobError, StoreNotAnswering } from '../../../src/storage/errors/storage-error.ts'
import { temporaryFolders } from '../../storage/support/sqlite-world.ts'
import { imageOf } from '../../support/device.ts'

const epoch = 7
const filesOf = (build: string) => ({
  'a.js': Buffer.alloc(20_000, `${build} a`),
  'b.js': Buffer.alloc(20_000, `${build} b`),
})
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const buildOf = (id: string) =>
  ({
    app: 'com.example.app',
    id,
    coverage: 'image',
    base: null,
    splits: null,
    variants: [],
    first_ended_at: null,
    image_digest: id,
    warnings: ['service_worker_not_measured'],
    segments: Object.entries(filesOf(id)).map(([name, bytes]) => ({
      name,
      kind: 'script',
      length: bytes.length,
      sha256: sha256(bytes),
    })),
  }) as unknown as Build
const builds = [buildOf('1'), buildOf('2')] as const

const check: CheckMeasurement = (given, against) =>
  software.verify(software.parse({ measurement: given.measurement, text: given.text }), against)

/** A node of several whose folder is smaller than each of the builds. */
describe('a build of which segments are not on the node', () => {
  const makeFolder = temporaryFolders()
  const opened: CachedBlobs[] = []
  afterEach(() => {
    for (const blobs of opened.splice(0)) blobs.close()
  })

  /** The first build, digested before the second, and a sound answer of a device that has it. */
  async function preparedNode() {
    const folder = makeFolder()
    const bytes = new Map(
      builds.flatMap(({ id }) => Object.values(filesOf(id))).map((each) => [sha256(each), each]),
    )
    const state = { fetched: 0, fault: undefined as Error | undefined }
    const shared: SharedBlobs = {
      faults: async () => [],
      missing: async () => [],
      put: async () => undefined,
      async *get(blob) {
        if (state.fault !== undefined) throw state.fault
        state.fetched += 1
        yield bytes.get(blob.sha256) as Buffer
      },
      sweep: async () => 0,
    }
    const blobs = await openCachedBlobs({ folder, shared, maxSize: 30_000 })
    opened.push(blobs)
    const measurements = createMeasurements({
      builds: {
        find: async (_app, id) => builds.find((build) => build.id === id),
        findManifest: async () => undefined,
        listActive: async () => [...builds],
      },
      segments: blobs,
      epochKey: new Uint8Array(32).fill(5),
      epochLength: 1000,
      clock: () => epoch * 1_000_000,
    })
    await measurements.prepare(0)
    const [build] = builds
    const hasNone = () => build.segments.every((segment) => !existsSync(blobPath(folder, segment.sha256)))
    await expect.poll(hasNone).toBe(true)
    const planned = readPlan(await measurements.planned(build, epoch, []))
    const digests = await measurements.digest(build, epoch)
    const challenge = new Uint8Array(48).fill(3)
    new DataView(challenge.buffer).setUint32(8, epoch)
    const { plan, planBytes } = planned
    const { response, tags } = carryOutSync({
      ...{ plan, planBytes, challenge, digest: digests.image, image: imageOf(filesOf(build.id)) },
      ...{ crypto: nodeCrypto, probes: {} },
    })
    const measurement = {
      response: encodeBase64url(response),
      tags: Object.fromEntries(tags.map(({ name, tag }) => [name, encodeBase64url(tag)])),
    }
    const app = { id: build.app, platform: 'web' } as App
    const clientData = { measurement, text: undefined, probes: {} }
    const verify = () =>
      verifyMeasurement(
        {
          ...{ app, build: { variant: null, channel: 'beta' as const }, enginePins: false },
          read: { clientData },
          challenge,
          planned,
          digests,
        },
        check,
      )
    state.fetched = 0
    return { state, verify }
  }

  it('is compared once the segments have arrived', async () => {
    const { state, verify } = await preparedNode()
    expect((await verify()).claims).toMatchObject({
      measured: true,
      build: '1',
      channel: 'beta',
      serviceWorker: 'unmeasured',
    })
    expect(state.fetched).toBeGreaterThanOrEqual(2)
  })

  it('is compared for several attestations at a time, each with its own bytes', async () => {
    const { verify } = await preparedNode()
    const verified = await Promise.all(Array.from({ length: 4 }, verify))
    expect(verified.map(({ claims }) => claims)).toMatchObject(Array(4).fill({ measured: true }))
  })

  it.each([
    new StoreNotAnswering('STORAGE_NOT_ANSWERING', 0, new Error('away')),
    new BlobError('STORAGE_BLOB_DIGEST'),
  ])('is a malfunction that passes where they do not come: $code', async (fault) => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    try {
      const { state, verify } = await preparedNode()
      state.fault = fault
      const error: unknown = await verify().catch((thrown: unknown) => thrown)
      expect(error).toBe(fault)
      expect(problemOf(error)).toMatchObject({
        code: 'temporarily_unavailable',
        retryAfter: fault.retryAfter,
      })
      await setImmediate()
      expect(unhandled).toEqual([])
      state.fault = undefined
      expect((await verify()).claims).toMatchObject({ measured: true })
    } finally {
      process.off('unhandledRejection', note)
    }
  })
})
