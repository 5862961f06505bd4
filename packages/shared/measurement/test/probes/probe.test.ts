import { parseStrictJson } from '@assay/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  askProbes,
  carryOut,
  checkPlanFits,
  checkResponse,
  parsePlan,
  probeTable,
  type Probe,
} from '../../src/index.ts'
import { answering, challengeOf, codeOf, planFor } from '../exchange.ts'
import { imageOf, noise } from '../synthetic-image.ts'

/** A deadline that does not come. */
const never = new Promise(() => {})
const probe = (name: string, ask: () => unknown): Probe => ({ name, ask: ask as Probe['ask'] })

describe('askProbes', () => {
  it('asks the named probes and no others', async () => {
    let asked = ''
    const table = probeTable(['a', 'b', 'c'].map((name) => probe(name, () => (asked += name))))
    expect(Object.keys(table)).toEqual(['a', 'b', 'c'])
    expect(Object.keys(await askProbes(table, ['c', 'a'], never))).toEqual(['c', 'a'])
    expect(asked).toBe('ca')
  })

  it.each([
    ['true', () => true, true],
    ['a whole number', () => -15, -15],
    ['a fraction', () => 1.5, '!invalid'],
    ['a number beyond 2^53', () => 2 ** 53, '!invalid'],
    ['a promise', () => Promise.resolve('x'), 'x'],
    ['long text', () => 'x'.repeat(1000), 'x'.repeat(256)],
    ['text cut through a surrogate pair', () => `${'x'.repeat(255)}\u{1f600}`, `${'x'.repeat(255)}\ufffd`],
    ['a number that is none', () => NaN, '!invalid'],
    ['infinity', () => 1 / 0, '!invalid'],
    ['an object', () => ({}), '!invalid'],
    ['null', () => null, '!invalid'],
    ['nothing', () => undefined, '!invalid'],
    ['a bigint', () => 1n, '!invalid'],
  ])('takes %s for what it is', async (_name, ask, expected) => {
    expect(await askProbes(probeTable([probe('a', ask)]), ['a'], never)).toEqual({ a: expected })
  })

  it('gives answers that survive strict JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), fc.string({ unit: 'binary', maxLength: 300 }), async (value, text) => {
        const asked = await askProbes(
          probeTable([probe('a', () => value), probe('b', () => text)]),
          ['a', 'b'],
          never,
        )
        const json = JSON.stringify(asked)
        expect(parseStrictJson(json, { maxLength: 4000, maxDepth: 2 })).toEqual({
          ok: true,
          value: JSON.parse(json),
        })
      }),
    )
  })

  it('gives a defined answer for a probe that throws, rejects or is late, and for the others their own', async () => {
    const table = probeTable([
      probe('throws', () => {
        throw new Error('x')
      }),
      probe('rejects', () => Promise.reject(new Error('x'))),
      probe('late', () => new Promise(() => {})),
      probe('good', () => 1),
    ])
    expect(await askProbes(table, Object.keys(table), Promise.resolve())).toEqual({
      throws: '!threw',
      rejects: '!threw',
      late: '!late',
      good: 1,
    })
    expect(await askProbes(table, ['late'], Promise.reject(new Error('timer')))).toEqual({ late: '!late' })
  })

  it.each([
    ['two probes of one name', ['a', 'a']],
    ['a malformed name', ['A b']],
  ])('refuses %s', async (_name, names) => {
    expect(await codeOf(() => probeTable(names.map((name) => probe(name, () => 1))))).toBe(
      'ERR_INVALID_ARG_VALUE',
    )
  })
})

/** No live code. */
const nothing = { functions: {}, exercises: {} }

describe('P7: a probe switched on at the service is answered by an SDK already running', () => {
  it('at its next refresh, without a change of the SDK', async () => {
    const image = imageOf({ a: noise(4000, 'a') })
    const table = probeTable(['a', 'b', 'c', 'd', 'e'].map((name) => probe(name, () => `fact ${name}`)))
    for (const [i, asked] of [['a', 'b', 'c', 'd'], ['e', 'b'], []].entries()) {
      const planBytes = await planFor(image, { probes: asked })
      const challenge = challengeOf(`refresh ${i}`)
      const plan = parsePlan(planBytes)
      checkPlanFits(plan, image.segments, { ...plan, ...nothing, probes: table })
      const probes = await askProbes(table, plan.probes, never)
      expect(Object.keys(probes)).toEqual(asked)
      const input = { ...(await answering(image, planBytes, challenge)), probes }
      expect(checkResponse(input, (await carryOut(input)).response)).toEqual({
        matches: true,
        live: 'not_asked',
      })
    }
  })

  it('and one that the SDK does not declare is refused', async () => {
    const image = imageOf({ a: noise(4000, 'a') })
    const plan = parsePlan(await planFor(image, { probes: ['contacts'] }))
    expect(
      await codeOf(() =>
        checkPlanFits(plan, image.segments, { ...plan, ...nothing, probes: { a: 1, b: 1 } }),
      ),
    ).toBe('PLAN_PROBE')
  })
})
