import { describe, expect, it } from 'vitest'
import { carryOutSync, checkResponse, exercises, type Exercises } from '../../src/index.ts'
import { answering, challengeOf, hex, planFor } from '../exchange.ts'
import { imageOf, noise } from '../synthetic-image.ts'

const input = (first: number) => new Uint8Array([first, ...noise(31, 'rest')])
const answer = (name: string, first: number) => exercises[name]?.(input(first)) as Uint8Array

describe('exercises', () => {
  // SDKs in the field give these answers for good: another answer needs another name.
  it('keep their names and answers', () => {
    expect(Object.keys(exercises)).toEqual(['compare.1', 'plan.1'])
    expect(hex(answer('compare.1', 7))).toBe('0100')
    expect([1, 2, 3, 4].map((first) => Buffer.from(answer('plan.1', first)).toString())).toEqual([
      'PLAN_VERSION',
      'PLAN_MALFORMED',
      'PLAN_BUDGET',
      'PLAN_MALFORMED',
    ])
    expect(Buffer.from(answer('plan.1', 5)).toString()).toBe(Buffer.from(input(5)).toString('base64url'))
  })
})

describe('exercises in a plan', async () => {
  const image = imageOf({ a: noise(4000, 'a') })
  const run = Object.keys(exercises)
  const planBytes = await planFor(image, { live: { show: [], run } })
  const own = { ...(await answering(image, planBytes, challengeOf('run'))), live: { shown: {}, exercises } }
  const responseWith = (changed: Exercises) =>
    carryOutSync({ ...own, live: { shown: {}, exercises: changed } }).response

  it('are part of the response', () => {
    expect(checkResponse(own, responseWith(exercises))).toEqual({ matches: true, live: 'not_asked' })
  })

  it('are given the state of the chain, which the challenge decides', async () => {
    const inputs = new Set<string>()
    const spy: Exercises = { ...exercises, 'plan.1': (given) => (inputs.add(hex(given)), given) }
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
