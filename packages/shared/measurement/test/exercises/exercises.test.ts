import { describe, expect, it } from 'vitest'
import { carryOutSync, checkResponse, exercises, parsePlan, type Exercises } from '../../src/index.ts'
import { answering, challengeOf, hex, planFor } from '../exchange.ts'
import { imageOf, noise } from '../synthetic-image.ts'

const image = imageOf({ a: noise(4000, 'a') })
const run = Object.keys(exercises)
const planBytes = await planFor(image, { live: { show: [], run } })

describe('exercises', () => {
  // SDKs in the field give these answers for good: another answer needs another name.
  it('keep their names and answers', () => {
    expect(Object.keys(exercises)).toEqual(['refusal.1'])
    const plan = parsePlan(planBytes)
    const input = (first: number) => new Uint8Array([first, ...noise(31, 'rest')])
    const answer = (first: number) => exercises['refusal.1']?.(input(first), plan) as Uint8Array
    expect([1, 2, 3, 4].map((first) => Buffer.from(answer(first)).toString())).toEqual([
      'PLAN_VERSION',
      'PLAN_MALFORMED',
      'PLAN_BUDGET',
      'PLAN_MALFORMED',
    ])
    expect(Buffer.from(answer(255)).toString()).toBe(plan.seed)
  })
})

describe('exercises in a plan', async () => {
  const own = { ...(await answering(image, planBytes, challengeOf('run'))), live: { shown: {}, exercises } }
  const responseWith = (changed: Exercises) =>
    carryOutSync({ ...own, live: { shown: {}, exercises: changed } }).response

  it('are part of the response', () => {
    expect(checkResponse(own, responseWith(exercises))).toEqual({ matches: true, live: 'not_asked' })
  })

  it('are given the state of the chain, which the challenge decides', async () => {
    const inputs = new Set<string>()
    const spy: Exercises = { ...exercises, 'refusal.1': (given) => (inputs.add(hex(given)), given) }
    for (let i = 0; i < 10; i++) {
      const other = await answering(image, planBytes, challengeOf(`run ${i}`))
      carryOutSync({ ...other, live: { shown: {}, exercises: spy } })
    }
    expect(inputs.size).toBe(10)
  })

  it.each(run)('change the response when %s answers otherwise, or throws', (name) => {
    const otherwise = { ...exercises, [name]: () => new Uint8Array(3) }
    const throws = {
      ...exercises,
      [name]: () => {
        throw new Error('x')
      },
    }
    for (const changed of [otherwise, throws]) {
      expect(checkResponse(own, responseWith(changed))).toEqual({ matches: false })
    }
  })
})
