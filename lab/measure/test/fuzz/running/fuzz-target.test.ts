import { expect, test } from 'vitest'
import { findingsIn } from '../../../src/fuzz/findings.ts'
import { fuzzTarget, type FuzzResult } from '../../../src/fuzz/running/fuzz-target.ts'
import type { Watchdog } from '../../../src/fuzz/running/watchdog.ts'
import type { Target } from '../../../src/fuzz/target/target.ts'

globalThis.gc ??= (() => undefined) as NodeJS.GCFunction

const watchdog: Watchdog = { begin: () => undefined, end: () => undefined, stop: async () => undefined }
/** Branches that only the outcome reports. */
const branches = { total: 10, hasNew: () => false, taken: () => 10, missing: () => [] }

function fuzz(target: Target, inputs = 2000): Promise<FuzzResult> {
  const given = [Buffer.from('{"a":1}')]
  return fuzzTarget(target, branches, watchdog, { shape: 'json', inputs, seed: 1, given })
}

test('every outcome is counted, and the first input of each is kept', async () => {
  const result = await fuzz({ run: (input) => (input[0] === 0x7b ? 'object' : 'other') })
  expect(result.inputs).toBe(2001)
  expect((result.outcomes['object'] ?? 0) + (result.outcomes['other'] ?? 0)).toBe(2001)
  expect(result.corpus.map((input) => input[0] === 0x7b)).toEqual([true, false])
})

test('the same seed makes the same inputs', async () => {
  const seen = async (): Promise<string[]> => {
    const inputs: string[] = []
    await fuzz({ run: (input) => (inputs.push(Buffer.from(input).toString('hex')), 'same') }, 300)
    return inputs.slice(0, 300)
  }
  expect(await seen()).toEqual(await seen())
})

test('an error is a finding, once for each place, with a short input and without what the input was', async () => {
  const result = await fuzz({
    run: (input) => {
      if (input.length > 9) throw new RangeError('too long')
      return 'short'
    },
  })
  expect(result.crashes).toHaveLength(1)
  expect(result.crashes[0]?.error).toMatch(/^RangeError: too long at .*fuzz-target\.test\.ts/)
  expect(result.crashes[0]?.input).toHaveLength(10)
  expect(kindsIn(result)).toEqual(['crash'])
})

test('a rejection is one too', async () => {
  const result = await fuzz({ run: async () => Promise.reject(new Error('no')) }, 10)
  expect(kindsIn(result)).toEqual(['crash'])
})

test('fewer branches than nine in ten are a finding', async () => {
  const result = await fuzz({ run: () => 'same' }, 10)
  expect(kindsIn(result)).toEqual([])
  expect(kindsIn({ ...result, branches: { total: 100, taken: 89, missing: [] } })).toEqual(['branches'])
  expect(kindsIn({ ...result, branches: { total: 100, taken: 90, missing: [] } })).toEqual([])
})

test('a hang and a process that ended are findings', () => {
  expect(findingsIn({ kind: 'hang', input: Buffer.of(1) })).toMatchObject([{ kind: 'hang' }])
  expect(findingsIn({ kind: 'died', how: 'SIGABRT' })).toMatchObject([{ kind: 'died' }])
})

function kindsIn(result: FuzzResult): string[] {
  return findingsIn({ kind: 'finished', result }).map(({ kind }) => kind)
}
