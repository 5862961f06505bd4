import { expect, test } from 'vitest'
import { checkProbes } from '../../../src/software/checks/probes.ts'
import type { ExpectedMeasurement } from '../../../src/software/index.ts'
import { codeOf } from '../../codes.ts'

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
