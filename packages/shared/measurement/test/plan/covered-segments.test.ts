import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coveredSegments, type Segment } from '../../src/index.ts'
import { codeOf } from '../exchange.ts'

const dex = (name: string): Segment => ({ name, kind: 'dex', length: 1 })

describe('coveredSegments', () => {
  const all: Segment[] = [
    { name: 'main.jsbundle', kind: 'hermes', length: 1 },
    { name: 'lib/a.so', kind: 'native', length: 1 },
    { name: 'a.js', kind: 'script', length: 1 },
    { name: 'classes.dex', kind: 'dex', length: 1 },
  ]

  it('takes in every segment, or the scripts alone', () => {
    const namesOf = (coverage: 'image' | 'scripts') =>
      coveredSegments(all, coverage).map((segment) => segment.name)
    expect(namesOf('image')).toEqual(['a.js', 'classes.dex', 'lib/a.so', 'main.jsbundle'])
    expect(namesOf('scripts')).toEqual(['a.js', 'main.jsbundle'])
  })

  it('orders names by their UTF-8 bytes', () => {
    const names = fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 6 }), { minLength: 1 })
    fc.assert(
      fc.property(names, (given) => {
        const expected = given
          .map((name) => Buffer.from(name))
          .sort((a, b) => Buffer.compare(a, b))
          .map(String)
        expect(coveredSegments(given.map(dex), 'image').map((segment) => segment.name)).toEqual(expected)
      }),
    )
    const [first] = coveredSegments([dex('\u{1f600}'), dex('\uff5e')], 'image')
    expect(first?.name).toBe('\uff5e')
  })

  it('leaves the list that it is given as it is', () => {
    const given = [dex('b'), dex('a')]
    coveredSegments(given, 'image')
    expect(given[0]?.name).toBe('b')
  })

  it.each([
    ['no segment', [], 'IMAGE_EMPTY'],
    ['two segments of one name', [dex('a'), dex('b'), dex('a')], 'IMAGE_SEGMENTS'],
    ['4097 segments', Array.from({ length: 4097 }, (_, i) => dex(`s${i}`)), 'IMAGE_SEGMENTS'],
  ])('refuses %s', async (_name, segments, code) => {
    expect(await codeOf(() => coveredSegments(segments, 'image'))).toBe(code)
  })

  it('refuses scripts of an image that has none: measuring nothing is no measurement', async () => {
    expect(await codeOf(() => coveredSegments([dex('a')], 'scripts'))).toBe('IMAGE_EMPTY')
  })
})
