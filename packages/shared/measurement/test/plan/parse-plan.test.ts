import { encodeBase64url, utf8 } from '@assay/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MeasurementError, parsePlan, type Plan } from '../../src/index.ts'
import { codeOf } from '../exchange.ts'

const plan: Plan = {
  v: 1,
  app: 'com.example.app',
  build: '1.0+1',
  epoch: 7,
  seed: encodeBase64url(new Uint8Array(32)),
  coverage: 'image',
  reads: [
    { op: 'range', segment: 0, length: 512 },
    { op: 'stride', segment: 1, length: 128, count: 4, step: 1000 },
    { op: 'walk', segment: 2, length: 128, count: 4 },
  ],
  live: { show: ['parse-plan'], run: ['plan.1'] },
  probes: ['js.natives'],
}
const bytesOf = (value: unknown) => utf8(JSON.stringify(value))
/** The plan with a member in its place: an ABI after the coverage, a second image after the reads. */
const inserted = (name: 'abi' | 'text', value: unknown) => {
  const members = Object.entries(plan)
  members.splice(name === 'abi' ? 6 : 7, 0, [name, value])
  return Object.fromEntries(members)
}
const range = { op: 'range', segment: 0, length: 512 }
const many = (count: number, make: (i: number) => unknown) => Array.from({ length: count }, (_, i) => make(i))

describe('parsePlan', () => {
  it('reads a plan of every operation', () => {
    expect(parsePlan(bytesOf(plan))).toEqual(plan)
  })

  it('reads a plan of one ABI, and one of a second image', () => {
    const { v, app, build, epoch, seed, coverage, reads, live, probes } = plan
    const text = { reads: [{ op: 'range', segment: 3, length: 16 }] as const }
    const head = { v, app, build, epoch, seed, coverage }
    for (const members of [
      { ...head, abi: 'arm64-v8a', reads, live, probes },
      { ...head, reads, text, live, probes },
      { ...head, abi: 'x86_64', reads, text, live, probes },
    ]) {
      expect(parsePlan(bytesOf(members))).toEqual(members)
    }
  })

  it('gives each image a budget of its own', () => {
    const { live, probes, ...head } = plan
    const most = { reads: [{ op: 'stride', ...budget, step: 1 }] }
    const full = { ...head, ...most, text: { reads: [{ op: 'walk', ...budget }] }, live, probes }
    expect(parsePlan(bytesOf(full))).toEqual(full)
  })

  const budget = { segment: 0, length: 4096, count: 32 }
  it('accepts a plan at each bound', () => {
    const reads = [{ op: 'stride', ...budget, step: 0x7fffffff }]
    expect(parsePlan(bytesOf({ ...plan, reads })).reads).toEqual(reads)
    expect(parsePlan(bytesOf({ ...plan, reads: many(64, () => range) })).reads).toHaveLength(64)
    expect(parsePlan(bytesOf({ ...plan, probes: many(64, (i) => `p${i}`) })).probes).toHaveLength(64)
    expect(parsePlan(bytesOf({ ...plan, epoch: 0xffffffff })).epoch).toBe(0xffffffff)
  })

  const withoutProbes: Record<string, unknown> = { ...plan }
  delete withoutProbes.probes
  const cases: [string, unknown, string][] = [
    ['another version', { ...plan, v: 2 }, 'PLAN_VERSION'],
    ['another version with members unknown today', { v: 3, steps: [] }, 'PLAN_VERSION'],
    ['a version that is no number', { ...plan, v: '1' }, 'PLAN_MALFORMED'],
    ['no object', [plan], 'PLAN_MALFORMED'],
    ['null', null, 'PLAN_MALFORMED'],
    ['a member too few', withoutProbes, 'PLAN_MALFORMED'],
    ['a member too many', { ...plan, loop: 1 }, 'PLAN_MALFORMED'],
    ['a member in place of another', { ...withoutProbes, probe: [] }, 'PLAN_MALFORMED'],
    ['an app out of form', { ...plan, app: '../x' }, 'PLAN_MALFORMED'],
    ['a malformed build', { ...plan, build: '' }, 'PLAN_MALFORMED'],
    ['an epoch below zero', { ...plan, epoch: -1 }, 'PLAN_MALFORMED'],
    ['an epoch beyond 32 bits', { ...plan, epoch: 0x100000000 }, 'PLAN_BUDGET'],
    ['a short seed', { ...plan, seed: encodeBase64url(new Uint8Array(31)) }, 'PLAN_MALFORMED'],
    ['a seed whose unused bits are not zero', { ...plan, seed: `${'A'.repeat(42)}B` }, 'PLAN_MALFORMED'],
    ['a seed that is no text', { ...plan, seed: 1 }, 'PLAN_MALFORMED'],
    ['an unknown coverage', { ...plan, coverage: 'none' }, 'PLAN_MALFORMED'],
    ['no read', { ...plan, reads: [] }, 'PLAN_MALFORMED'],
    ['reads that are no list', { ...plan, reads: { 0: range } }, 'PLAN_MALFORMED'],
    ['a read that is no object', { ...plan, reads: ['range'] }, 'PLAN_MALFORMED'],
    ['an unknown operation', { ...plan, reads: [{ ...range, op: 'loop', count: 1 }] }, 'PLAN_MALFORMED'],
    ['a range with a count', { ...plan, reads: [{ ...range, count: 2 }] }, 'PLAN_MALFORMED'],
    [
      'a walk with a step',
      { ...plan, reads: [{ ...range, op: 'walk', count: 2, step: 3 }] },
      'PLAN_MALFORMED',
    ],
    ['a stride without a step', { ...plan, reads: [{ ...range, op: 'stride', count: 2 }] }, 'PLAN_MALFORMED'],
    [
      'a stride that stands still',
      { ...plan, reads: [{ ...range, op: 'stride', count: 2, step: 0 }] },
      'PLAN_MALFORMED',
    ],
    ['a walk of no piece', { ...plan, reads: [{ ...range, op: 'walk', count: 0 }] }, 'PLAN_MALFORMED'],
    ['a length of zero', { ...plan, reads: [{ ...range, length: 0 }] }, 'PLAN_MALFORMED'],
    ['half a byte', { ...plan, reads: [{ ...range, length: 0.5 }] }, 'PLAN_MALFORMED'],
    ['a negative segment', { ...plan, reads: [{ ...range, segment: -1 }] }, 'PLAN_MALFORMED'],
    ['a segment by name', { ...plan, reads: [{ ...range, segment: 'a' }] }, 'PLAN_MALFORMED'],
    ['a segment number too high', { ...plan, reads: [{ ...range, segment: 4096 }] }, 'PLAN_BUDGET'],
    ['a piece too long', { ...plan, reads: [{ ...range, length: 4097 }] }, 'PLAN_BUDGET'],
    ['a number beyond all bounds', { ...plan, reads: [{ ...range, length: 1e20 }] }, 'PLAN_BUDGET'],
    ['a number with an exponent', { ...plan, reads: [{ ...range, length: 1e300 }] }, 'PLAN_MALFORMED'],
    ['too many pieces', { ...plan, reads: [{ ...range, op: 'walk', length: 1, count: 65 }] }, 'PLAN_BUDGET'],
    [
      'a step too far',
      { ...plan, reads: [{ ...range, op: 'stride', count: 1, step: 0x80000000 }] },
      'PLAN_BUDGET',
    ],
    ['too many reads', { ...plan, reads: many(65, () => range) }, 'PLAN_BUDGET'],
    [
      'a byte too many',
      {
        ...plan,
        reads: [
          { op: 'walk', ...budget },
          { ...range, length: 1 },
        ],
      },
      'PLAN_BUDGET',
    ],
    ['too many probes', { ...plan, probes: many(65, (i) => `p${i}`) }, 'PLAN_BUDGET'],
    ['too many functions', { ...plan, live: { show: many(65, (i) => `p${i}`), run: [] } }, 'PLAN_BUDGET'],
    ['an ABI out of form', inserted('abi', 'ARM64'), 'PLAN_MALFORMED'],
    ['an ABI in another place', { ...plan, abi: 'arm64-v8a' }, 'PLAN_MALFORMED'],
    ['a second image in another place', { ...plan, text: { reads: [range] } }, 'PLAN_MALFORMED'],
    ['a second image of which nothing is read', inserted('text', { reads: [] }), 'PLAN_MALFORMED'],
    ['a second image with probes', inserted('text', { reads: [range], probes: [] }), 'PLAN_MALFORMED'],
    ['too many reads of a second image', inserted('text', { reads: many(65, () => range) }), 'PLAN_BUDGET'],
    [
      'a byte too many of a second image',
      inserted('text', {
        reads: [
          { op: 'walk', ...budget },
          { ...range, length: 1 },
        ],
      }),
      'PLAN_BUDGET',
    ],
    ['a probe twice', { ...plan, probes: ['a', 'a'] }, 'PLAN_MALFORMED'],
    ['a probe name out of form', { ...plan, probes: ['/etc/passwd'] }, 'PLAN_MALFORMED'],
    ['a probe that is no text', { ...plan, probes: [1] }, 'PLAN_MALFORMED'],
    ['live code that is no object', { ...plan, live: [] }, 'PLAN_MALFORMED'],
    ['live code with code in it', { ...plan, live: { show: [], run: [], eval: 'x' } }, 'PLAN_MALFORMED'],
  ]
  it.each(cases)('refuses %s', async (_name, value, code) => {
    expect(await codeOf(() => parsePlan(bytesOf(value)))).toBe(code)
  })

  const text = JSON.stringify(plan)
  const longText = JSON.stringify({ ...plan, probes: many(60, (i) => `p${i}.`.padEnd(255, 'p')) })
  it.each([
    ['a duplicate member', text.replace('{', '{"epoch":8,'), 'PLAN_MALFORMED'],
    ['a duplicate member, escaped', text.replace('{', '{"\\u0065poch":8,'), 'PLAN_MALFORMED'],
    ['trailing text', `${text}x`, 'PLAN_MALFORMED'],
    ['cut text', text.slice(0, -1), 'PLAN_MALFORMED'],
    ['deep nesting', '['.repeat(5000), 'PLAN_MALFORMED'],
    ['a fault at the end of long lists', longText.slice(0, -1), 'PLAN_MALFORMED'],
    ['nothing', '', 'PLAN_MALFORMED'],
    ['more than 16 KiB', text + ' '.repeat(16_384), 'PLAN_TOO_LARGE'],
  ])('refuses %s', async (_name, given, code) => {
    expect(await codeOf(() => parsePlan(utf8(given)))).toBe(code)
  })

  it('refuses bytes that are not UTF-8', async () => {
    expect(await codeOf(() => parsePlan(new Uint8Array([0x7b, 0xff, 0x7d])))).toBe('PLAN_MALFORMED')
  })

  it('refuses by its own error whatever the bytes are, and says nothing of them', () => {
    const junk = fc.uint8Array({ maxLength: 64 })
    const json = fc.json().map((value) => utf8(value.replace(/[\ud800-\udfff]/g, '')))
    const spliced = fc
      .tuple(
        fc.nat(text.length),
        fc.nat(20),
        fc.constantFrom('"', '{', '}', '[', ']', ',', '9', '-', 'null', 'secret'),
      )
      .map(([at, cut, insert]) => utf8(text.slice(0, at) + insert + text.slice(at + cut)))
    fc.assert(
      fc.property(fc.oneof(junk, json, spliced), (bytes) => {
        try {
          parsePlan(bytes)
        } catch (error) {
          if (!(error instanceof MeasurementError)) throw error
          expect(error.message).toBe(error.code)
        }
      }),
    )
  })
})
