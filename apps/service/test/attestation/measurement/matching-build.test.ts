import { describe, expect, it } from 'vitest'
import { SoftwareError } from '@assay/evidence/software'
import { digestImage, drawUpPlan, expectedTags, parsePlan } from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { encodeBase64url, utf8 } from '@assay/protocol'
import type { Build } from '@assay/protocol/schemas'
import { createFindMatchingBuild } from '../../../src/attestation/measurement/matching-build.ts'
import type { Measured } from '../../../src/attestation/measurement/verify-measurement.ts'

type Files = Readonly<Record<string, string>>

const before: Files = { 'app-1.js': 'one', 'index.html': '<before>' }
const after: Files = { 'app-2.js': 'two', 'index.html': '<after>' }
const seed = new Uint8Array(32).fill(7)
const challenge = new Uint8Array(48).fill(1)

function buildOf(id: string, files: Files, createdAt = id): Build {
  const segments = Object.entries(files).map(([name, text]) => ({
    name,
    kind: 'script' as const,
    length: utf8(text).length,
    // The fake store has bytes under their text.
    sha256: text,
  }))
  return {
    app: 'shop',
    id,
    segments,
    splits: null,
    coverage: 'image',
    created_at: createdAt,
  } as unknown as Build
}

const imageOf = (files: Files) => ({
  segments: buildOf('', files).segments,
  read: (name: string, at: number, length: number) => utf8(files[name] as string).subarray(at, at + length),
})

/** A measurement of `found` by a page that says it is of `build`. */
async function measuredOf(build: Build, registered: Files, found: Files): Promise<Measured> {
  const { segments } = build
  const planBytes = drawUpPlan({
    app: 'shop-app',
    build: build.id,
    epoch: 1,
    seed,
    coverage: 'image',
    segments,
    probes: [],
  })
  const digest = async (files: Files) => digestImage(imageOf(files), 'image', seed, nodeCrypto)
  const tags = expectedTags(await digest(found), challenge, nodeCrypto)
  return {
    app: { id: 'shop', platform: 'web' },
    read: {
      clientData: {
        measurement: {
          response: '',
          tags: Object.fromEntries([
            ...tags.map(({ name, tag }) => [name, encodeBase64url(tag)]),
            ['live:x', 'AAAAAAAAAAA'],
          ]),
        },
      },
    },
    challenge,
    planned: { plan: parsePlan(planBytes), registered: { build } },
    digests: { image: await digest(registered) },
  } as unknown as Measured
}

function matchingBuild(builds: readonly Build[], fault?: Error) {
  const opened: string[] = []
  return {
    opened,
    name: createFindMatchingBuild({
      builds: {
        listNewest: async (_: string, limit: number) =>
          builds.toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1)).slice(0, limit),
        find: async (_: string, id: string) => builds.find((build) => build.id === id),
      },
      segments: {
        open: (text) => {
          if (fault !== undefined) throw fault
          opened.push(text)
          return { read: (at, length) => utf8(text).subarray(at, at + length) }
        },
      },
    }),
  }
}

const refusal = () => new SoftwareError('SOFTWARE_SEGMENT_MISMATCH', ['index.html'])
const old = buildOf('1.0.7', before)
const next = buildOf('1.0.8', after)

describe('the build whose bytes were measured', () => {
  it('is named if a page from before a deploy loads the new page', async () => {
    const { name } = matchingBuild([buildOf('1.0.6', { 'index.html': '<older>' }), old, next])
    const measured = await measuredOf(old, before, { ...before, 'index.html': '<after>' })
    expect(await name(refusal(), measured)).toMatchObject({
      code: 'SOFTWARE_SEGMENT_MISMATCH',
      segments: ['build:1.0.8', 'index.html'],
    })
  })

  it('is named if a page claims another build', async () => {
    const { name } = matchingBuild([old, next])
    const error = new SoftwareError('SOFTWARE_SEGMENTS', ['missing:app-1.js', 'unregistered:app-2.js'])
    expect(await name(error, await measuredOf(old, before, after))).toMatchObject({
      segments: ['build:1.0.8', 'missing:app-1.js', 'unregistered:app-2.js'],
    })
  })

  it.each([
    ['no build has the bytes', [old, next], { ...before, 'index.html': '<changed>' }],
    ['no build has all of them', [old, next], { 'app-1.js': 'changed', 'index.html': '<after>' }],
    ['only segments are missing', [old, next], { 'index.html': '<before>' }],
  ])('is not named where %s', async (_, builds, found) => {
    const { name } = matchingBuild(builds)
    expect(await name(refusal(), await measuredOf(old, before, found))).toMatchObject({
      segments: ['index.html'],
    })
  })

  it('is searched among the eight newest builds, within eight megabytes', async () => {
    const others = Array.from({ length: 8 }, (_, i) => buildOf(`2.${i}`, { 'index.html': `<${i}>` }))
    const measured = await measuredOf(old, before, { ...before, 'index.html': '<after>' })
    const among = matchingBuild([next, old, ...others])
    expect(await among.name(refusal(), measured)).toMatchObject({ segments: ['index.html'] })
    expect(among.opened).toHaveLength(8)
    const huge = buildOf('1.0.8', { 'index.html': '<after>'.padEnd((8 << 20) + 1) })
    const large = matchingBuild([old, huge])
    expect(await large.name(refusal(), measured)).toMatchObject({ segments: ['index.html'] })
    expect(large.opened).toEqual([])
  })

  it('is searched for one refusal at a time', async () => {
    const { name } = matchingBuild([old, next])
    const measured = await measuredOf(old, before, { ...before, 'index.html': '<after>' })
    const errors = await Promise.all([name(refusal(), measured), name(refusal(), measured)])
    expect(errors.map((error) => (error as SoftwareError).segments.length).sort()).toEqual([1, 2])
  })

  it('leaves a refusal unchanged if the search fails, and does not affect other outcomes', async () => {
    const measured = await measuredOf(old, before, { ...before, 'index.html': '<after>' })
    const error = refusal()
    expect(await matchingBuild([old, next], new Error('disk')).name(error, measured)).toBe(error)
    expect(error.segments).toEqual(['index.html'])
    const bug = new TypeError('a bug')
    expect(await matchingBuild([old, next]).name(bug, measured)).toBe(bug)
  })
})
