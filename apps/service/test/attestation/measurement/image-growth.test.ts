import { carryOutSync, type CodeImage, type ImageDigest } from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { encodeBase64url } from '@assay/protocol'
import type { App, Build } from '@assay/protocol/schemas'
import { expect, it } from 'vitest'
import { software } from '@assay/evidence/software'
import type { Submission } from '../../../src/attestation/submission.ts'
import { verifyMeasurement } from '../../../src/attestation/measurement/verify-measurement.ts'
import { createMeasurements, readPlan } from '../../../src/attestation/measurement/measurements.ts'

const MiB = 2 ** 20
const epoch = 7

/** Any byte of a file too large to be kept. */
const bytesAt = (offset: number, length: number) =>
  Uint8Array.from({ length }, (_, i) => ((offset + i) * 131) & 255)

/** A registered build whose code is two segments, and a count of the bytes that are read of them. */
function registered(size: number) {
  const segments = ['a.dex', 'b.dex'].map((name) => ({
    name,
    kind: 'dex',
    length: size / 2,
    sha256: name,
  })) as Build['segments']
  const build = {
    app: 'com.example.app',
    id: '1',
    coverage: 'image',
    base: null,
    splits: null,
    variants: [],
    first_ended_at: null,
    image_digest: String(size),
    warnings: [],
    segments,
  } as unknown as Build
  const counted = { bytes: 0 }
  const store = {
    open: () => ({
      read: (offset: number, count: number) => {
        counted.bytes += count
        return bytesAt(offset, count)
      },
    }),
  }
  const measurements = createMeasurements({
    builds: {
      find: async () => build,
      findManifest: async () => undefined,
      listActive: async () => [build],
    },
    segments: store,
    epochKey: new Uint8Array(32).fill(5),
    epochLength: 1000,
    clock: () => epoch * 1_000_000,
  })
  return { build, counted, measurements }
}

/** Bytes that the service reads to appraise the answer of one genuine device. */
async function bytesRead(size: number, nonce: number): Promise<number> {
  const { build, counted, measurements } = registered(size)
  const planned = readPlan(await measurements.planned(build, epoch, []))
  // The whole-code digest is made once for each epoch, ahead of attestations; any will do here.
  const digest: ImageDigest = {
    image: new Uint8Array(32).fill(1),
    segments: build.segments.map(({ name, length }) => ({
      name,
      length,
      digest: new Uint8Array(32).fill(2),
    })),
  }
  const challenge = new Uint8Array(48).fill(nonce)
  new DataView(challenge.buffer).setUint32(8, epoch)
  const image: CodeImage = {
    segments: build.segments,
    read: (_name, offset, length) => bytesAt(offset, length),
  }
  const { plan, planBytes } = planned
  const carried = carryOutSync({ plan, planBytes, challenge, digest, image, crypto: nodeCrypto, probes: {} })
  const measurement = { response: encodeBase64url(carried.response), tags: tagsOf(carried.tags) }
  counted.bytes = 0
  const submission = {
    app: { id: build.app, platform: 'android' } as App,
    build,
    read: { clientData: { measurement, probes: {} } },
    challenge,
    planned,
    digests: { image: digest, text: undefined },
  } as unknown as Submission
  const verified = await verifyMeasurement(submission, (given, against) =>
    software.verify(software.parse({ measurement: given.measurement, text: given.text }), against),
  )
  expect(verified.claims).toMatchObject({ measured: true })
  return counted.bytes
}

function tagsOf(tags: ReturnType<typeof carryOutSync>['tags']): Record<string, string> {
  return Object.fromEntries(tags.map(({ name, tag }) => [name, encodeBase64url(tag)]))
}

it('the bytes that an attestation reads do not grow with the code image, and are at most 128 KiB', async () => {
  for (const nonce of [1, 2, 3]) {
    const [small = 0, ...larger] = [
      await bytesRead(MiB, nonce),
      await bytesRead(32 * MiB, nonce),
      await bytesRead(256 * MiB, nonce),
    ]
    expect(larger).toEqual([small, small])
    expect(small).toBeGreaterThanOrEqual(16_384)
    expect(small).toBeLessThanOrEqual(128 * 1024)
  }
})
