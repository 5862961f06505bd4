import { runInThisContext } from 'node:vm'
import { afterEach, expect, test } from 'vitest'
import { createInstrumenter } from 'istanbul-lib-instrument'
import { forgetBranches, instrumentedBranches } from '../../../src/fuzz/instrumentation/branches.ts'
import { coverageVariable } from '../../../src/fuzz/instrumentation/coverage-variable.ts'

const state = globalThis as Record<string, unknown>
afterEach(() => delete state[coverageVariable])

/** A function with two decisions of two ways each, and counters on them. */
function instrumented(): (value: number) => string {
  const code = 'f = (value) => { if (value > 1) return "many"; return value < 0 ? "none" : "one" }'
  const text = createInstrumenter({ coverageVariable, compact: false }).instrumentSync(code, 'f.js')
  return runInThisContext(text) as (value: number) => string
}

test('a branch is new the first time it is taken', () => {
  const f = instrumented()
  const branches = instrumentedBranches()
  expect([branches.total, branches.taken(), branches.hasNew()]).toEqual([4, 0, false])
  f(5)
  expect([branches.taken(), branches.hasNew(), branches.hasNew()]).toEqual([1, true, false])
  f(6)
  expect(branches.hasNew()).toBe(false)
  f(-1)
  expect([branches.taken(), branches.hasNew()]).toEqual([3, true])
})

test('branches can be forgotten', () => {
  const f = instrumented()
  f(5)
  forgetBranches()
  const branches = instrumentedBranches()
  expect(branches.taken()).toBe(0)
  f(5)
  expect(branches.hasNew()).toBe(true)
})

test('nothing was instrumented, nothing is counted', () => {
  expect(instrumentedBranches().total).toBe(0)
})
