import { createHash } from 'node:crypto'
import type { Build } from '@assay/protocol/schemas'
import { expect, it, vi } from 'vitest'
import { createLifecycle } from '../../src/composition/feature.ts'
import { composeMeasurements } from '../../src/composition/measurements.feature.ts'

const bytes = Buffer.from('a script')
const sha256 = createHash('sha256').update(bytes).digest('hex')
const buildNamed = (id: string) =>
  ({
    app: 'com.example.app',
    id,
    coverage: 'image',
    base: null,
    splits: null,
    variants: [],
    first_ended_at: null,
    image_digest: 'd',
    state: 'active',
    segments: [{ name: 'a.js', kind: 'script', length: bytes.length, sha256 }],
  }) as unknown as Build

it('stops after the current build, however many are left', async () => {
  const builds = ['1', '2', '3'].map(buildNamed)
  const found: string[] = []
  let answer = () => undefined as void
  const slow = new Promise<void>((resolve) => (answer = resolve))
  const measuring = await composeMeasurements({
    config: { random: () => Buffer.alloc(32, 5), epochLength: 1000, steady: () => 1_000_000_000 },
    storage: {
      secrets: { getOrCreate: async (_name: string, make: () => Uint8Array) => make() },
      builds: {
        find: async (_app: string, id: string) => (found.push(id), builds.find((build) => build.id === id)),
        findManifest: async () => undefined,
        listActive: async () => builds,
      },
      blobs: {
        open: () => ({
          read: (offset: number, count: number) => slow.then(() => bytes.subarray(offset, offset + count)),
        }),
      },
    },
  } as unknown as Parameters<typeof composeMeasurements>[0])
  const malfunctions: unknown[] = []
  const { begin, close } = createLifecycle([measuring], (error) => malfunctions.push(error))
  begin()
  await vi.waitUntil(() => found.length > 0, { timeout: 60_000 })
  const closed = close()
  answer()
  await closed
  expect(found).toEqual(['1'])
  expect(malfunctions).toEqual([])
})
