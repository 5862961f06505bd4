import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  drawUpPlan,
  parsePlan,
  piecesPerPlan,
  type PlanInput,
  type Read,
  type Segment,
} from '../../src/index.ts'
import { codeOf } from '../exchange.ts'
import { noise } from '../synthetic-image.ts'

const dex = (name: string, length: number): Segment => ({ name, kind: 'dex', length })
const input = (segments: readonly Segment[], seed = 'seed'): PlanInput => ({
  app: 'com.example.app',
  build: '1.0+1',
  epoch: 7,
  seed: noise(32, seed),
  coverage: 'image',
  segments,
  probes: ['a', 'b', 'c', 'd'],
})
const drawn = (segments: readonly Segment[], seed?: string) => parsePlan(drawUpPlan(input(segments, seed)))
const bytesFolded = (reads: readonly Read[], segments: readonly Segment[]) =>
  reads.reduce((sum, read) => {
    const length = Math.min(read.length, (segments[read.segment] as Segment).length)
    return sum + length * (read.op === 'range' ? 1 : read.count)
  }, 0)

const piecesOf = (reads: readonly Read[]) =>
  reads.reduce((sum, read) => sum + (read.op === 'range' ? 1 : read.count), 0)

describe('drawUpPlan', () => {
  const app = [
    dex('classes.dex', 7_000_000),
    dex('classes2.dex', 400_000),
    dex('lib/arm64-v8a/libapp.so', 90_000),
  ]

  it('draws at least 32 reads of every operation that fold exactly 16 KiB, and asks every probe', () => {
    const plan = drawn(app)
    expect(plan.reads).toHaveLength(32)
    expect(new Set(plan.reads.map((read) => read.op))).toEqual(new Set(['range', 'stride', 'walk']))
    expect(bytesFolded(plan.reads, app)).toBe(16_384)
    expect(piecesOf(plan.reads)).toBe(piecesPerPlan)
    expect(plan.probes).toEqual(['a', 'b', 'c', 'd'])
  })

  it('is a function of its input', () => {
    expect(drawUpPlan(input(app))).toEqual(drawUpPlan(input([...app].reverse())))
    expect(drawUpPlan(input(app))).not.toEqual(drawUpPlan(input(app, 'another seed')))
  })

  it('draws other reads in another epoch, not only another seed', () => {
    expect(drawn(app, 'epoch 1').reads).not.toEqual(drawn(app, 'epoch 2').reads)
  })

  it('works for one segment of ten bytes, and for one of none', () => {
    expect(drawn([dex('a', 10)]).reads).toHaveLength(32)
    expect(drawn([dex('a', 0)]).reads).toHaveLength(32)
  })

  it('works for 4096 segments and 256 MB, and stays a small document', () => {
    const segments = Array.from({ length: 4096 }, (_, i) => dex(`s${i}`, 65_536))
    const bytes = drawUpPlan(input(segments))
    expect(bytes.length).toBeLessThan(4096)
    expect(bytesFolded(parsePlan(bytes).reads, segments)).toBe(16_384)
  })

  it('spreads the pieces of a stride, so that no two fall into one hole of an eighth of the segment', () => {
    const [length, hole] = [8_000_000, 1_000_000]
    for (let epoch = 0; epoch < 50; epoch++) {
      for (const read of drawn([dex('a', length)], `epoch ${epoch}`).reads) {
        if (read.op !== 'stride') continue
        const places = length - read.length + 1
        const at = Array.from({ length: read.count }, (_, i) => (i * read.step) % places).sort(
          (a, b) => a - b,
        )
        const gaps = at.map((place, i) => (at[i + 1] ?? places) - place)
        expect(Math.min(...gaps)).toBeGreaterThan(hole + read.length)
      }
    }
  })

  it('makes up for short segments on a long one', () => {
    const segments = [dex('a', 7_000_000), ...Array.from({ length: 30 }, (_, i) => dex(`b${i}`, 20))]
    expect(bytesFolded(drawn(segments).reads, segments)).toBeGreaterThanOrEqual(16_384)
  })

  it('reads every one of up to 16 segments in each epoch, however small beside the others', () => {
    const segments = [dex('a', 200_000_000), ...Array.from({ length: 15 }, (_, i) => dex(`b${i}`, 30))]
    for (let epoch = 0; epoch < 20; epoch++) {
      expect(new Set(drawn(segments, `epoch ${epoch}`).reads.map((read) => read.segment)).size).toBe(16)
    }
  })

  it('gives half of its reads to segments by their size', () => {
    const segments = [dex('a', 9_000_000), ...Array.from({ length: 999 }, (_, i) => dex(`b${i}`, 1000))]
    const plans = Array.from({ length: 50 }, (_, epoch) => drawn(segments, `epoch ${epoch}`))
    const large = plans.flatMap((plan) => plan.reads.slice(0, 32)).filter((read) => read.segment === 0).length
    expect(large).toBeGreaterThan(50 * 12)
    expect(large).toBeLessThan(50 * 17)
  })

  it('leaves out no small segment for good', () => {
    const segments = Array.from({ length: 64 }, (_, i) => dex(`s${i}`, i === 0 ? 50_000_000 : 40))
    const read = new Set<number>()
    for (let epoch = 0; epoch < 60; epoch++) {
      for (const { segment } of drawn(segments, `epoch ${epoch}`).reads) read.add(segment)
    }
    expect(read.size).toBe(64)
  })

  it('draws reads of a second image with those of the first, which stay the same', () => {
    const text = [dex('App.__TEXT.__text', 900_000), dex('App.__TEXT.__const', 4_000)]
    const plan = parsePlan(drawUpPlan({ ...input(app), text, abi: 'arm64-v8a' }))
    expect(plan.abi).toBe('arm64-v8a')
    expect(plan.reads).toEqual(drawn(app).reads)
    expect(bytesFolded(plan.text?.reads ?? [], [...text].reverse())).toBe(16_384)
    expect(plan.text?.reads).not.toEqual(plan.reads)
  })

  it('reads only what the coverage takes in', () => {
    const segments: Segment[] = [dex('a.dex', 5000), { name: 'main.js', kind: 'script', length: 5000 }]
    const plan = parsePlan(drawUpPlan({ ...input(segments), coverage: 'scripts' }))
    expect(new Set(plan.reads.map((read) => read.segment))).toEqual(new Set([0]))
  })

  it('gives a plan that parsePlan accepts, within the budget, for any image', () => {
    const image = fc.array(fc.oneof(fc.nat(64), fc.nat(5000), fc.nat(2 ** 31)), {
      minLength: 1,
      maxLength: 200,
    })
    fc.assert(
      fc.property(image, fc.uint8Array({ minLength: 32, maxLength: 32 }), (lengths, seed) => {
        const segments = lengths.map((length, i) => dex(`s${i}`, length))
        const plan = parsePlan(drawUpPlan({ ...input(segments), seed }))
        expect(plan.reads.length).toBeGreaterThanOrEqual(32)
        expect(plan.reads.every((read) => read.segment < segments.length)).toBe(true)
      }),
    )
  })

  it.each([
    ['an image without covered segments', { segments: [] }, 'IMAGE_EMPTY'],
    ['a seed that is not 32 bytes', { seed: new Uint8Array(31) }, 'ERR_INVALID_ARG_VALUE'],
    [
      'more probes than a plan may ask',
      { probes: Array.from({ length: 65 }, (_, i) => `p${i}`) },
      'PLAN_BUDGET',
    ],
    ['a probe out of form', { probes: ['A B'] }, 'PLAN_MALFORMED'],
    ['a second image without segments', { text: [] }, 'IMAGE_EMPTY'],
    ['an ABI out of form', { abi: 'ARM' }, 'PLAN_MALFORMED'],
    ['an epoch beyond 32 bits', { epoch: 2 ** 32 }, 'PLAN_BUDGET'],
  ])('refuses %s', async (_name, changes, code) => {
    expect(await codeOf(() => drawUpPlan({ ...input(app), ...changes }))).toBe(code)
  })
})
