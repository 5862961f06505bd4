import { describe, expect, it } from 'vitest'
import { checkPlanFits, parsePlan, type PlanExpectation, type Segment } from '../../src/index.ts'
import { askedProbes, codeOf, planFor } from '../exchange.ts'
import { imageOf, noise } from '../synthetic-image.ts'

const image = imageOf({ a: noise(3000, 'a'), b: noise(3000, 'b') })
const live = { show: ['parse-plan'], run: ['plan.1'] }
const plan = parsePlan(await planFor(image, { live }))
const named = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, true]))
const same: PlanExpectation = {
  app: 'com.example.app',
  build: '1.0+1',
  probes: named(askedProbes),
  functions: named(['parse-plan', 'conclusion']),
  exercises: named(['plan.1']),
}

describe('checkPlanFits', () => {
  it('accepts the plan of this build, whatever else is declared', () => {
    checkPlanFits(plan, image.segments, { ...same, probes: named([...askedProbes, 'more']) })
  })

  const cases: [string, readonly Segment[], PlanExpectation, string][] = [
    ['another app', image.segments, { ...same, app: 'com.example.other' }, 'PLAN_BUILD'],
    ['another build', image.segments, { ...same, build: '1.0+2' }, 'PLAN_BUILD'],
    ['an ABI, without one', image.segments, { ...same, abi: 'arm64-v8a' }, 'PLAN_BUILD'],
    ['a segment that is not there', image.segments.slice(1), same, 'PLAN_SEGMENT'],
    ['an undeclared probe', image.segments, { ...same, probes: named(askedProbes.slice(1)) }, 'PLAN_PROBE'],
    ['no probes at all', image.segments, { ...same, probes: {} }, 'PLAN_PROBE'],
    ['an undeclared function', image.segments, { ...same, functions: {} }, 'PLAN_FUNCTION'],
    ['an undeclared exercise', image.segments, { ...same, exercises: named(['x']) }, 'PLAN_FUNCTION'],
    ['an image without segments', [], same, 'IMAGE_EMPTY'],
  ]
  it.each(cases)('refuses a plan for %s', async (_name, segments, expected, code) => {
    expect(await codeOf(() => checkPlanFits(plan, segments, expected))).toBe(code)
  })
})
