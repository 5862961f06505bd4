import { expect, it } from 'vitest'
import { bestOfMeasurementAlone, presetNames } from '../src/index.ts'
import { presets } from './schemes.ts'

it('is what a flawless web app has under each built-in policy', () => {
  const best = presetNames.map((name) => [name, bestOfMeasurementAlone(presets.policy(name), 'web')])
  expect(Object.fromEntries(best)).toEqual({
    observe: 'warning',
    balanced: 'contraindicated',
    strict: 'contraindicated',
    'no-google': 'contraindicated',
    'software-only': 'warning',
  })
})

it('is none where a policy requires hardware', () => {
  const policy = {
    id: 'p',
    version: 1,
    required: [{ claim: ['example', 'good'], oneOf: [true] }],
    rules: [],
  } as const
  expect(bestOfMeasurementAlone(policy, 'web')).toBe('none')
})
