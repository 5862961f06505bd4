import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readSeedOptions } from './seed.ts'

test('every property of this run draws from the one seed that was printed', () => {
  const { seed, runs } = readSeedOptions(process.env)
  expect(fc.readConfigureGlobal()).toMatchObject({ seed, numRuns: runs })
  const [once, again] = [0, 1].map(() => fc.sample(fc.integer(), 3))
  expect(once).toEqual(again)
})

test('the seed is fixed unless another is asked for', () => {
  expect(readSeedOptions({})).toEqual({ seed: 20261127, runs: 100 })
  expect(readSeedOptions({ ASSAY_SEED: '-724622168', ASSAY_RUNS: '5000' })).toEqual({
    seed: -724622168,
    runs: 5000,
  })
  expect(Number.isInteger(readSeedOptions({ ASSAY_SEED: 'random' }).seed)).toBe(true)
})

test.each([
  ['ASSAY_SEED', ''],
  ['ASSAY_SEED', '1.5'],
  ['ASSAY_SEED', '4294967296'],
  ['ASSAY_SEED', 'Random'],
  ['ASSAY_RUNS', ''],
  ['ASSAY_RUNS', '0'],
  ['ASSAY_RUNS', '-1'],
])('%s=%j is refused', (name, text) => {
  expect(() => readSeedOptions({ [name]: text })).toThrow(TypeError)
})
