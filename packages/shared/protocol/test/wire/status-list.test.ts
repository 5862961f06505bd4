import { expect, test } from 'vitest'
import { longestTokenLifetime, statusListMemory, statusListPath } from '@assay/protocol'

test('the list of an API lies under its name, in one segment of the path', () => {
  expect(statusListPath('https://api.example.com/v1')).toBe('/v1/status/aHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20vdjE')
})

test('an entry outlives every token that it concerns', () => {
  expect(statusListMemory).toBeGreaterThanOrEqual(longestTokenLifetime.bound + 2 * 300)
})
