import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SegmentSummary } from '@assay/protocol'
import { compareBuilds } from '../../src/builds/build-difference.ts'
import { exampleBuild, exampleSegment } from '../examples.ts'

const of = (...segments: SegmentSummary[]) => exampleBuild({ segments })

test('a build does not differ from itself', () => {
  const build = of(exampleSegment('classes.dex', 'a'), exampleSegment('lib/x.so', 'b'))
  expect(compareBuilds(build, { ...build, segments: build.segments.toReversed() })).toEqual({
    same_code: true,
    properties: [],
    changed: [],
    added: [],
    removed: [],
    renamed: [],
    unchanged: 2,
  })
})

test('segments that changed, appeared, went and were renamed are distinguished', () => {
  const before = of(
    exampleSegment('changed', 'one'),
    exampleSegment('gone', 'two'),
    exampleSegment('old-name', 'three'),
    exampleSegment('same', 'four'),
  )
  const after = of(
    exampleSegment('changed', 'other'),
    exampleSegment('new', 'six'),
    exampleSegment('new-name', 'three'),
    exampleSegment('same', 'four'),
  )
  const difference = compareBuilds(before, after)
  expect(difference).toMatchObject({
    same_code: false,
    changed: [{ name: 'changed', from: { length: 3 }, to: { length: 5 } }],
    added: [{ name: 'new' }],
    removed: [{ name: 'gone' }],
    renamed: [{ from: 'old-name', to: 'new-name' }],
    unchanged: 1,
  })
})

test('the same bytes as another kind are a change', () => {
  const difference = compareBuilds(
    of(exampleSegment('a', 'x', { kind: 'script' })),
    of(exampleSegment('a', 'x', { kind: 'hermes' })),
  )
  expect(difference.changed).toHaveLength(1)
})

test('of two copies only one can be what was renamed', () => {
  const difference = compareBuilds(
    of(exampleSegment('a', 'x')),
    of(exampleSegment('b', 'x'), exampleSegment('c', 'x')),
  )
  expect(difference.renamed).toMatchObject([{ from: 'a', to: 'b' }])
  expect(difference.added).toMatchObject([{ name: 'c' }])
})

test('properties are compared where both builds state them', () => {
  const before = exampleBuild({ version_code: 1, signers: ['a'], sdk: null })
  const { coverage: _coverage, ...after } = exampleBuild({ version_code: 2, signers: ['a', 'b'], sdk: null })
  expect(compareBuilds({ ...before, coverage: 'scripts' }, after).properties).toEqual([
    { property: 'version_code', from: 1, to: 2 },
    { property: 'signers', from: ['a'], to: ['a', 'b'] },
  ])
})

const segments = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...'abcdef'), fc.constantFrom('1', '22', '333')), {
    selector: ([name]) => name,
  })
  .map((all) => all.map(([name, content]) => exampleSegment(name, content)))

test('looking from the other side swaps what appeared and what went', () => {
  fc.assert(
    fc.property(segments, segments, (one, other) => {
      const there = compareBuilds(of(...one), of(...other))
      const back = compareBuilds(of(...other), of(...one))
      expect(back.changed.map(({ name }) => name)).toEqual(there.changed.map(({ name }) => name))
      expect(back.unchanged).toBe(there.unchanged)
      expect([back.added.length, back.removed.length]).toEqual([there.removed.length, there.added.length])
      expect(back.renamed.length).toBe(there.renamed.length)
      expect(there.same_code).toBe(JSON.stringify(sorted(one)) === JSON.stringify(sorted(other)))
    }),
  )
})

test('every segment of either build is reported once', () => {
  fc.assert(
    fc.property(segments, segments, (one, other) => {
      const { changed, added, removed, renamed, unchanged } = compareBuilds(of(...one), of(...other))
      const both = changed.length + unchanged + renamed.length
      expect(both + removed.length).toBe(one.length)
      expect(both + added.length).toBe(other.length)
    }),
  )
})

function sorted(all: readonly SegmentSummary[]): SegmentSummary[] {
  return [...all].sort((one, other) => (one.name < other.name ? -1 : 1))
}
