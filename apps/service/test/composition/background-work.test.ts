import { createHash } from 'node:crypto'
import type { Build } from '@assay/protocol'
import { expect, it, vi } from 'vitest'
import { createMeasurements } from '../../src/attestation/measurement/measurements.ts'
import { createBackgroundWork } from '../../src/composition/background-work.ts'

const bytes = Buffer.from('a script')
const sha256 = createHash('sha256').update(bytes).digest('hex')
const buildNamed = (id: string) =>
  ({
    app: 'com.example.app',
    id,
    coverage: 'image',
    base: null,
    splits: null,
    image_digest: 'd',
    state: 'active',
    segments: [{ name: 'a.js', kind: 'script', length: bytes.length, sha256 }],
  }) as unknown as Build

it('stops after the current build, however many are left', async () => {
  const builds = ['1', '2', '3'].map(buildNamed)
  const found: string[] = []
  let answer = () => undefined as void
  const slow = new Promise<void>((resolve) => (answer = resolve))
  const measurements = createMeasurements({
    builds: {
      find: async (_app, id) => (found.push(id), builds.find((build) => build.id === id)),
      findManifest: async () => undefined,
      listActive: async () => builds,
    },
    segments: {
      open: () => ({ read: (offset, count) => slow.then(() => bytes.subarray(offset, offset + count)) }),
    },
    epochKey: Buffer.alloc(32, 5),
    epochLength: 1000,
    clock: () => 1_000_000_000,
  })
  const nothing = async () => undefined
  const malfunctions: unknown[] = []
  const written: string[] = []
  const background = createBackgroundWork({
    measurements,
    storage: { database: { kind: 'sqlite' }, believedTime: { read: nothing, write: nothing } },
    traces: { flush: async () => void written.push('traces') },
    counts: { flush: async () => void written.push('counts') },
    sampler: { flush: async () => void written.push('samples') },
    platform: { refreshStatusList: nothing },
    uploads: { clear: nothing },
    others: { leave: nothing },
    epochLength: 1000,
    clock: () => 1_000_000_000,
    steady: () => 1_000_000_000,
    onMalfunction: (error: unknown) => malfunctions.push(error),
  } as unknown as Parameters<typeof createBackgroundWork>[0])
  background.begin()
  await vi.waitUntil(() => found.length > 0, { timeout: 60_000 })
  const stopped = background.stop()
  answer()
  await stopped
  expect(found).toEqual(['1'])
  expect(written).toEqual(['traces', 'counts', 'samples'])
  expect(malfunctions).toEqual([])
})
