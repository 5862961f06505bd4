import type { LiveOutcome, Tag } from '@assay/measurement'
import { expect, test } from 'vitest'
import { checkResponse } from '../../../src/software/checks/response.ts'
import type { ExpectedMeasurement } from '../../../src/software/index.ts'
import { codeOf } from '../../codes.ts'

const right = new Uint8Array(32).fill(1)
const wrong = new Uint8Array(32).fill(2)
const segment = { name: 'classes.dex', tag: new Uint8Array(8) }
const live = { name: 'live:proof', tag: new Uint8Array(8) }

function expecting(outcome: LiveOutcome): ExpectedMeasurement & { asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    probes: [],
    compare: (response) => (response === right ? { matches: true, live: outcome } : { matches: false }),
    tags: (which): Tag[] => {
      asked.push(which)
      return which === 'shown' ? [segment, live] : [segment]
    },
  }
}

test.each(['shown', 'absent', 'not_asked'] as const)(
  'the expected response is enough, and tags are not worked out (%s)',
  async (outcome) => {
    const expected = expecting(outcome)
    expect(await checkResponse({ response: right, tags: [{ ...segment, name: 'x' }] }, expected)).toBe(
      outcome,
    )
    expect(expected.asked).toEqual([])
  },
)

test('right segments and another response: SOFTWARE_RESPONSE_MISMATCH', async () => {
  const expected = expecting('absent')
  expect(await codeOf(() => checkResponse({ response: wrong, tags: [segment] }, expected))).toBe(
    'SOFTWARE_RESPONSE_MISMATCH',
  )
  expect(expected.asked).toEqual(['absent'])
})

test('tags of live functions are held against the registered slices', async () => {
  const expected = expecting('shown')
  expect(await codeOf(() => checkResponse({ response: wrong, tags: [segment, live] }, expected))).toBe(
    'SOFTWARE_RESPONSE_MISMATCH',
  )
  const patched = { ...live, tag: new Uint8Array(8).fill(1) }
  await expect(checkResponse({ response: wrong, tags: [segment, patched] }, expected)).rejects.toMatchObject({
    code: 'SOFTWARE_SEGMENT_MISMATCH',
    segments: ['live:proof'],
  })
  expect(expected.asked).toEqual(['shown', 'shown'])
})

test('other segments are told before other bytes', async () => {
  const tags = [{ ...segment, name: 'classes2.dex' }]
  expect(await codeOf(() => checkResponse({ response: wrong, tags }, expecting('absent')))).toBe(
    'SOFTWARE_SEGMENTS',
  )
})

test('a comparison that fails is a malfunction and passes through', async () => {
  const fault = new Error('the image cannot be read')
  const expected = { ...expecting('absent'), compare: () => Promise.reject(fault) }
  await expect(checkResponse({ response: right, tags: [segment] }, expected)).rejects.toBe(fault)
})
