import { expect, it } from 'vitest'
import { busiestOf } from '../src/api/stats.ts'

it('chooses the app with the most judged attestations, refused or not', () => {
  const groups = [
    { app: 'one', passed: 5, refused: 0 },
    { app: 'two', passed: 1, refused: 6 },
    { app: 'three', passed: 6, refused: 0 },
  ]
  expect(busiestOf(groups)).toBe('two')
  expect(busiestOf([])).toBeNull()
})
