import type { LiveOutcome, Tag } from '@assay/measurement'
import { encodeBase64url } from '@assay/protocol'
import { describe, expect, test } from 'vitest'
import { checkLiveCode, checkProbes, checkResponse, checkSegments } from '../../src/software/checks.ts'
import { type ExpectedMeasurement, SoftwareError } from '../../src/software/index.ts'
import { codeOf } from '../codes.ts'

/** As client data has it. */
const measured = ({ name, tag }: Tag) => ({ name, tag: encodeBase64url(tag) })

describe('probes', () => {
  const expected = (...probes: string[]) => ({ probes }) as unknown as ExpectedMeasurement

  test('the answers are those of the probes that were asked, in any order', () => {
    checkProbes({ expected: expected('a', 'b'), probes: { b: 1, a: false } })
    checkProbes({ expected: expected(), probes: {} })
  })

  test.each([
    ['one missing', ['a', 'b'], { a: true }],
    ['one besides', ['a'], { a: true, b: true }],
    ['another one instead', ['a', 'b'], { a: true, c: true }],
    ['one that every object has', ['toString'], { a: true }],
  ])('%s is SOFTWARE_PROBES', async (_, asked, probes) => {
    expect(await codeOf(() => checkProbes({ expected: expected(...asked), probes }))).toBe('SOFTWARE_PROBES')
  })
})

describe('response', () => {
  const right = new Uint8Array(32).fill(1)
  const wrong = new Uint8Array(32).fill(2)
  const segment = { name: 'classes.dex', tag: new Uint8Array(8) }
  const live = { name: 'live:proof', tag: new Uint8Array(8) }

  function expecting(outcome: LiveOutcome): ExpectedMeasurement & { asked: string[] } {
    const asked: string[] = []
    return {
      asked,
      probes: [],
      compare: (response) => (response === right ? { matches: true, live: outcome } : { matches: false }),
      tags: (which): Tag[] => {
        asked.push(which)
        return which === 'shown' ? [segment, live] : [segment]
      },
    }
  }

  test.each(['shown', 'absent', 'not_asked'] as const)(
    'the expected response is enough, and tags are not worked out (%s)',
    async (outcome) => {
      const expected = expecting(outcome)
      expect(
        await checkResponse({ response: right, tags: [measured({ ...segment, name: 'x' })] }, expected),
      ).toBe(outcome)
      expect(expected.asked).toEqual([])
    },
  )

  test('right segments and another response: SOFTWARE_RESPONSE_MISMATCH', async () => {
    const expected = expecting('absent')
    expect(await codeOf(() => checkResponse({ response: wrong, tags: [measured(segment)] }, expected))).toBe(
      'SOFTWARE_RESPONSE_MISMATCH',
    )
    expect(expected.asked).toEqual(['absent'])
  })

  test('tags of live functions are checked against the registered slices', async () => {
    const expected = expecting('shown')
    expect(
      await codeOf(() => checkResponse({ response: wrong, tags: [segment, live].map(measured) }, expected)),
    ).toBe('SOFTWARE_RESPONSE_MISMATCH')
    const patched = { ...live, tag: new Uint8Array(8).fill(1) }
    await expect(
      checkResponse({ response: wrong, tags: [segment, patched].map(measured) }, expected),
    ).rejects.toMatchObject({
      code: 'SOFTWARE_SEGMENT_MISMATCH',
      segments: ['live:proof'],
    })
    expect(expected.asked).toEqual(['shown', 'shown'])
  })

  test('different segments are reported before different bytes', async () => {
    const tags = [measured({ ...segment, name: 'classes2.dex' })]
    expect(await codeOf(() => checkResponse({ response: wrong, tags }, expecting('absent')))).toBe(
      'SOFTWARE_SEGMENTS',
    )
  })

  test('a comparison that fails is a malfunction and passes through', async () => {
    const fault = new Error('the image cannot be read')
    const expected = { ...expecting('absent'), compare: () => Promise.reject(fault) }
    await expect(checkResponse({ response: right, tags: [measured(segment)] }, expected)).rejects.toBe(fault)
  })
})

describe('segments', () => {
  const tagsOf = (...names: string[]) =>
    names.map((name) => ({ name, tag: new Uint8Array(8).fill(name.length) }))
  const registered = tagsOf('assets/index.android.bundle', 'classes.dex', 'classes2.dex')
  const [bundle, dex, dex2] = registered as [
    (typeof registered)[0],
    (typeof registered)[0],
    (typeof registered)[0],
  ]

  test('names, order and tags of the build', () => {
    checkSegments(registered.map(measured), registered)
  })

  test.each([
    [
      'renamed',
      [bundle, { ...dex, name: 'classes1.dex' }, dex2],
      ['missing:classes.dex', 'unregistered:classes1.dex'],
    ],
    ['missing', [bundle, dex], ['missing:classes2.dex']],
    ['extra', [...registered, ...tagsOf('classes3.dex')], ['unregistered:classes3.dex']],
    [
      'extra, of a long name',
      [...registered, ...tagsOf('x'.repeat(200))],
      [`unregistered:${'x'.repeat(128)}`],
    ],
    ['reordered', [dex, bundle, dex2], []],
    ['none at all', [], registered.map(({ name }) => `missing:${name}`)],
  ])('%s: SOFTWARE_SEGMENTS, with the names', (_, tags, segments) => {
    const check = () => checkSegments(tags.map(measured), registered)
    expect(check).toThrow(SoftwareError)
    expect(check).toThrow(expect.objectContaining({ code: 'SOFTWARE_SEGMENTS', segments }))
  })

  test('SOFTWARE_SEGMENT_MISMATCH names every segment that differs', () => {
    const flipped = ({ name, tag }: typeof dex) => ({
      name,
      tag: tag.map((byte, i) => (i === 7 ? byte ^ 1 : byte)),
    })
    const check = () => checkSegments([flipped(bundle), dex, flipped(dex2)].map(measured), registered)
    expect(check).toThrow(SoftwareError)
    expect(check).toThrow(
      expect.objectContaining({
        code: 'SOFTWARE_SEGMENT_MISMATCH',
        segments: ['assets/index.android.bundle', 'classes2.dex'],
      }),
    )
  })

  test('names like array indices stand first in every JSON object, and are not reordered', () => {
    const numbered = tagsOf('10', '9', 'a')
    const parsed = Object.entries(Object.fromEntries(numbered.map(({ name, tag }) => [name, tag])))
    expect(parsed.map(([name]) => name)).toEqual(['9', '10', 'a'])
    checkSegments(
      parsed.map(([name, tag]) => measured({ name, tag })),
      numbered,
    )
  })
})

describe('live code', () => {
  test('source that was shown is matched, on any engine', () => {
    expect(checkLiveCode('shown', { showsSource: true, hasFunctions: true })).toBe('matched')
    expect(checkLiveCode('shown', { showsSource: false, hasFunctions: true })).toBe('matched')
  })

  test('on an engine that shows none, the step is absent and never passed', () => {
    expect(checkLiveCode('absent', { showsSource: false, hasFunctions: true })).toBe('absent')
  })

  test('left out on an engine that shows source it is SOFTWARE_LIVE_CODE', async () => {
    expect(await codeOf(() => checkLiveCode('absent', { showsSource: true, hasFunctions: true }))).toBe(
      'SOFTWARE_LIVE_CODE',
    )
  })

  test('of a compiled SDK does not apply', () => {
    expect(checkLiveCode('not_asked', { showsSource: true, hasFunctions: false })).toBe('not_applicable')
  })

  test('a plan that does not ask for it gets no claim', () => {
    expect(checkLiveCode('not_asked', { showsSource: true, hasFunctions: true })).toBe('not_asked')
  })
})
