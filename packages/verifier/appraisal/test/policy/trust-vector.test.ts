import { expect, test } from 'vitest'
import { mergeVectors, tierOfValue, tierOfVector, worstTier } from '../../src/policy/trust-vector.ts'

// Bounds of draft-ietf-rats-ar4si-06 section 2.2.
test.each([
  [127, 'contraindicated'],
  [96, 'contraindicated'],
  [95, 'warning'],
  [32, 'warning'],
  [31, 'affirming'],
  [2, 'affirming'],
  [1, 'none'],
  [0, 'none'],
  [-1, 'none'],
  [-2, 'affirming'],
  [-32, 'affirming'],
  [-33, 'warning'],
  [-96, 'warning'],
  [-97, 'contraindicated'],
  [-128, 'contraindicated'],
])('%d is %s', (value, tier) => {
  expect(tierOfValue(value)).toBe(tier)
})

test.each([128, -129, 1.5, Number.NaN])('%d is no AR4SI value', (value) => {
  expect(() => tierOfValue(value)).toThrow(RangeError)
})

test('none asserts nothing, and is the worst of nothing', () => {
  expect(worstTier([])).toBe('none')
  expect(worstTier(['none', 'affirming', 'none'])).toBe('affirming')
  expect(worstTier(['warning', 'contraindicated', 'affirming'])).toBe('contraindicated')
  expect(tierOfVector({})).toBe('none')
  expect(tierOfVector({ hardware: 2, configuration: 36, executables: 0 })).toBe('warning')
})

test('vectors are merged part by part and claim by claim', () => {
  expect(
    mergeVectors([
      { app: { executables: 2 } },
      {},
      { app: { configuration: 32 }, key: { 'storage-opaque': 32 } },
      { key: { 'storage-opaque': 2 } },
    ]),
  ).toEqual({ app: { executables: 2, configuration: 32 }, key: { 'storage-opaque': 32 } })
  expect(mergeVectors([])).toEqual({})
})

// Order of assignment of the draft: the first that applies wins.
test.each([
  [96, -97, 96],
  [-97, 32, -97],
  [32, -33, 32],
  [-33, 2, -33],
  [2, -2, 2],
  [-2, 0, -2],
  [0, -1, 0],
  [32, 36, 36],
])('of %d and %d asserted for one claim, %d counts', (a, b, counts) => {
  expect(mergeVectors([{ app: { executables: a } }, { app: { executables: b } }])).toEqual({
    app: { executables: counts },
  })
  expect(mergeVectors([{ app: { executables: b } }, { app: { executables: a } }])).toEqual({
    app: { executables: counts },
  })
})
