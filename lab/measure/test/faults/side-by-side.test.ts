import { setImmediate as tick } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Outcome } from '../../src/faults/stage/outcome.ts'
import { isOnlyLate } from '../../src/faults/row.ts'
import { roundRobin } from '../../src/faults/run-faults.ts'
import { sideBySide } from '../../src/faults/side-by-side.ts'
import { inPieces, type Trial } from '../../src/faults/try-fault.ts'

const good: Outcome = {
  attempts: 3,
  doubleAcceptances: 0,
  losses: 0,
  recoveryMs: 900,
  unmet: [],
  facts: { served: 3 },
}
const late = { ...good, recoveryMs: 12_000 }

const named = (name: string, alone = false) => ({ name, alone })

/** Tries jobs that take a few turns each, and records which ran at the same time. */
function stage(outcomesOf: Readonly<Record<string, readonly (Outcome | { notRun: string })[]>>) {
  const together: string[][] = []
  const reported: string[] = []
  const running = new Set<string>()
  const tried: Record<string, number> = {}
  return {
    together,
    reported,
    tried,
    tell: (line: string) => void reported.push(line),
    tryOnce: async ({ name }: { name: string }): Promise<Trial> => {
      running.add(name)
      together.push([...running])
      for (let i = 0; i < 3; i += 1) await tick()
      running.delete(name)
      const outcomes = outcomesOf[name] ?? [good]
      const outcome = outcomes[tried[name] ?? 0] ?? good
      tried[name] = (tried[name] ?? 0) + 1
      return 'notRun' in outcome ? { ...outcome, isExcused: false } : { outcome }
    },
  }
}

test('no more jobs run side by side than allowed, and those that must run alone come last', async () => {
  const jobs = [named('a', true), named('b'), named('c'), named('d'), named('e')]
  const { together, ...rest } = stage({})
  const trials = await sideBySide(jobs, { atOnce: 2, ...rest })
  expect(Math.max(...together.map(({ length }) => length))).toBe(2)
  expect(together.at(-1)).toEqual(['a'])
  expect([...trials.keys()].map(({ name }) => name).sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('with a limit of one, jobs run one at a time', async () => {
  const { together, ...rest } = stage({})
  await sideBySide([named('a'), named('b')], { atOnce: 1, ...rest })
  expect(together).toEqual([['a'], ['b']])
})

test('a job that only recovered late, beside others, is tried once more, alone, and says so', async () => {
  const jobs = [named('a'), named('b'), named('c')]
  const { together, reported, tried, ...rest } = stage({ a: [late, good] })
  const trials = await sideBySide(jobs, { atOnce: 2, ...rest, tell: (line) => void reported.push(line) })
  expect(tried).toEqual({ a: 2, b: 1, c: 1 })
  expect(together.at(-1)).toEqual(['a'])
  expect(reported).toEqual(['a recovered late, beside others: it is tried once more, alone'])
  const facts = { 'recovered at first, beside others, ms': 12_000, served: 3 }
  expect(trials.get(jobs[0] as (typeof jobs)[number])).toEqual({ outcome: { ...good, facts } })
})

test('a job that is late again has failed', async () => {
  const jobs = [named('a'), named('b')]
  const { tried, ...rest } = stage({ a: [late, { ...late, recoveryMs: 11_000 }, good] })
  const trials = await sideBySide(jobs, { atOnce: 2, ...rest })
  expect(tried).toEqual({ a: 2, b: 1 })
  expect(trials.get(jobs[0] as (typeof jobs)[number])).toMatchObject({ outcome: { recoveryMs: 11_000 } })
})

test.each([1, 2])('a job that ran alone and was late is not tried again: %i at once', async (atOnce) => {
  const { tried, ...rest } = stage({ a: [late], b: [late] })
  await sideBySide([named('a'), named('b', true)], { atOnce, ...rest })
  expect(tried).toEqual({ a: 1, b: 1 })
})

test.each([
  { doubleAcceptances: 1 },
  { losses: 1 },
  { unmet: ['something is so'] },
  { attempts: 0 },
  { recoveryMs: Infinity },
])('%j is never tried again, late or not', async (change) => {
  const { tried, ...rest } = stage({ a: [{ ...late, ...change }] })
  await sideBySide([named('a'), named('b')], { atOnce: 2, ...rest })
  expect(tried).toEqual({ a: 1, b: 1 })
  expect(isOnlyLate({ ...late, ...change })).toBe(false)
})

test('a job that recovered in time is not late', () => {
  expect(isOnlyLate(late)).toBe(true)
  expect(isOnlyLate({ ...good, recoveryMs: 10_000 })).toBe(false)
})

test('a job that was not tried, or did not finish, does not affect the others', async () => {
  const jobs = [named('a'), named('b'), named('c')]
  const { tried, ...rest } = stage({ a: [{ notRun: 'not installed' }], b: [inPieces('the server ended')] })
  const trials = [...(await sideBySide(jobs, { atOnce: 2, ...rest })).values()]
  expect(tried).toEqual({ a: 1, b: 1, c: 1 })
  expect(trials).toContainEqual({ notRun: 'not installed', isExcused: false })
  expect(trials).toContainEqual({ outcome: inPieces('the server ended') })
  expect(trials).toContainEqual({ outcome: good })
})

test('groups take turns', () => {
  expect(roundRobin([['a', 'b'], ['c'], ['d', 'e', 'f']])).toEqual(['a', 'c', 'd', 'b', 'e', 'f'])
  expect(roundRobin([])).toEqual([])
})
