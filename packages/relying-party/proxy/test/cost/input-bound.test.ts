import { createMemoryMeter } from '@assay/proxy'
import { expect, test } from 'vitest'
import type { MeterAnswer } from '../../src/meter/meter.ts'
import { callOf, rulesOf } from '../meter/calls.ts'

/** Tokens for everybody in a day. */
const limit = 100_000

/**
 * The recorded attack: prompts as long as the limit admits, one token of output, from as many installations as it takes,
 * and no answer settles before the last is sent.
 *
 * @returns the tokens that the upstream may bill
 */
function billedAtMost(perByte: number | undefined, tokensPerByte: number, bodyBytes: number): number {
  const rules = rulesOf({
    all: { cost: [`${limit}/day`] },
    cost: {
      member: { '/usage/total_tokens': 1 },
      reserve: {
        fixed: 0,
        ...(perByte === undefined ? {} : { per_byte: perByte }),
        members: ['/max_completion_tokens'],
        otherwise: 4_096,
      },
    },
  })
  const meter = createMemoryMeter({ rules: [rules], clock: () => 0 })
  const body = { max_completion_tokens: 1 }
  let billed = 0
  for (let i = 0; i <= limit; i += 1) {
    const answer = meter.reserve({ ...callOf(`phone ${i}`), body, bodyBytes }) as MeterAnswer
    if (!answer.ok) return billed
    billed += tokensPerByte * bodyBytes + 1
  }
  throw new Error('no limit held')
}

test.each([100, 4_096, 90_000])(
  'a bound of one token a byte is never exceeded: bodies of %i bytes',
  (bytes) => {
    expect(billedAtMost(1, 1, bytes)).toBeLessThanOrEqual(limit)
  },
)

test.each([100, 4_096, 380_000])(
  'a quarter of a token a byte is exceeded by its ratio: bodies of %i bytes',
  (bytes) => {
    expect(billedAtMost(0.25, 0.2625, bytes)).toBeLessThanOrEqual(1.05 * limit)
    // The twin: without a bound on the input, nothing holds.
    expect(billedAtMost(undefined, 0.2625, bytes)).toBeGreaterThan(10 * limit)
  },
)

test('a prompt beyond the whole limit is refused at once', () => {
  expect(billedAtMost(0.25, 0.2625, 900_000)).toBe(0)
})
