import { expect, test } from 'vitest'
import { makeCases } from '../src/core/cases.ts'
import { runCases } from '../src/core/run-cases.ts'

test('the cases hold on this Node, and one that expects something else fails', async () => {
  const cases = await makeCases()
  expect(cases.length).toBeGreaterThanOrEqual(29)
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
  expect((await runCases(cases)).filter(({ fault }) => fault !== undefined)).toEqual([])
  const [first] = cases
  const wrong = { ...first!, expect: ['TOKEN_MISSING'] }
  expect(await runCases([wrong])).toMatchObject([{ fault: 'ok in the place of TOKEN_MISSING' }])
})
