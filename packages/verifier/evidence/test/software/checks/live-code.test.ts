import { expect, test } from 'vitest'
import { checkLiveCode } from '../../../src/software/checks/live-code.ts'
import { codeOf } from '../../codes.ts'

test('source that was shown is matched, on any engine', () => {
  expect(checkLiveCode('shown', { showsSource: true })).toBe('matched')
  expect(checkLiveCode('shown', { showsSource: false })).toBe('matched')
})

test('on an engine that shows none the step is absent, and never passed', () => {
  expect(checkLiveCode('absent', { showsSource: false })).toBe('absent')
})

test('left out on an engine that shows source it is SOFTWARE_LIVE_CODE', async () => {
  expect(await codeOf(() => checkLiveCode('absent', { showsSource: true }))).toBe('SOFTWARE_LIVE_CODE')
})

test('a plan that does not ask for it gets no claim', () => {
  expect(checkLiveCode('not_asked', { showsSource: true })).toBe('not_asked')
})
