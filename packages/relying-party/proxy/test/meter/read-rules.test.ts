import { describe, expect, test } from 'vitest'
import { type MeterForm, meterForm } from '../../src/meter/form.ts'
import { MeterRulesError } from '../../src/meter/read-rules.ts'
import { rulesOf } from './calls.ts'

const cost = { member: '/usage/total_tokens', reserve: { units: 100 } }

describe('rules that limit nothing, or cannot be applied, are refused', () => {
  test.each<[string, MeterForm, string]>([
    ['nothing', {}, 'meter has no limit'],
    ['an installation of nothing', { installation: {} }, 'meter has no limit'],
    ['a network of nothing', { all: { requests: ['1/s'] }, network: {} }, 'network has no limit'],
    ['costs that nobody states', { all: { cost: ['100/day'] } }, 'need cost'],
    ['a budget without a price', { all: { budget: [{ money: 5, per: 'day' }] }, cost }, 'needs cost.price'],
    ['less than one reservation', { all: { cost: ['99/day'] }, cost }, 'no request could pass'],
    [
      'a budget of less than one reservation',
      { all: { budget: [{ money: 0.99, per: 'day' }] }, cost: { ...cost, price: 0.01 } },
      'no request could pass',
    ],
    ['a cost of nowhere', { all: { cost: ['9/s'] }, cost: { reserve: { units: 1 } } }, 'member or field'],
    ['a cost of two places', { all: { cost: ['9/s'] }, cost: { ...cost, field: 'x' } }, 'member or field'],
    ['a cost of no member', { all: { cost: ['9/s'] }, cost: { ...cost, member: {} } }, '1 to 8 members'],
    [
      'no reservation',
      { all: { cost: ['9/s'] }, cost: { ...cost, reserve: { units: 0 } } },
      'fixed units of at least 1',
    ],
    [
      'a budget that no prompt is counted in',
      { all: { budget: [{ money: 5, per: 'day' }] }, cost: { ...cost, price: 0.01 } },
      'a bound on what the request brings',
    ],
    [
      'half of all for callers without hardware, if that is less than one reservation',
      { all: { cost: ['199/day'] }, cost },
      'software (half of all, unless it is stated)',
    ],
    ['an unknown budget', { budgets: ['llm'], all: { requests: ['9/s'] } }, 'budgets has no llm'],
    ['a reservation of nothing', { all: { cost: ['9/s'] }, cost: { ...cost, reserve: {} } }, 'per_byte'],
    [
      'a cost that only subtracts',
      {
        all: { cost: ['900/s'] },
        cost: { ...cost, member: { '/a': { weight: 1, optional: true }, '/b': -1 } },
      },
      'not optional and counts up',
    ],
    ['an input of elsewhere', { all: { cost: ['900/s'] }, cost: { ...cost, input: ['/b'] } }, 'no member of'],
    [
      'no reservation without the member',
      { all: { cost: ['9/s'] }, cost: { ...cost, reserve: { member: '/max_tokens' } } },
      'otherwise must be at least 1',
    ],
  ])('%s', (_, form, message) => {
    expect(() => rulesOf(form)).toThrow(MeterRulesError)
    expect(() => rulesOf(form)).toThrow(message)
  })

  test.each([
    { installation: { requests: ['0/min'] } },
    { installation: { requests: ['1/week'] } },
    { installation: { requests: ['1/min', '2/min'] } },
    { installation: { requests: [] } },
    { installation: { requests: ['9007199254740993/day'] } },
    { installation: { streams: 0 } },
    { network: { requests: ['1/min'], ipv4: 33 } },
    { everybody: { requests: ['1/min'] } },
    { all: { requests: ['1/min'] }, cost: { ...cost, member: 'usage' } },
    { all: { requests: ['1/min'] }, cost: { ...cost, free_statuses: [200] } },
  ])('by their form: %j', (form) => {
    expect(meterForm.safeParse(form).success).toBe(false)
  })
})

describe('a limit of each installation, where callers need no hardware', () => {
  const each: MeterForm = { installation: { requests: ['60/min'] } }
  const both: MeterForm = { ...each, network: { requests: ['600/min'] } }

  test.each([
    ['the tier warning', { tiers: ['affirming', 'warning'] as const }],
    ['the tier contraindicated', { tiers: ['contraindicated'] as const }],
    ['development tokens', { development: true }],
  ])('needs one of each network too: %s', (_, route) => {
    expect(() => rulesOf(each, route)).toThrow('reinstall at will: limit requests of network too')
    expect(rulesOf(both, route).limits).toHaveLength(3)
    expect(rulesOf({ all: { requests: ['60/min'] } }, route).streams).toBe(4)
  })

  test('needs it in the same unit', () => {
    const form: MeterForm = { ...both, installation: { cost: ['1000/day'] }, cost }
    expect(() => rulesOf(form, { tiers: ['warning'] })).toThrow('limit cost of network too')
  })

  test('is enough where hardware vouches', () => {
    expect(rulesOf(each).limits.map(({ scope }) => scope)).toEqual(['installation', 'installation'])
  })
})

test('rules say what is configured', () => {
  const form: MeterForm = {
    installation: { requests: ['60/min'], cost: ['200000/day'], streams: 2 },
    network: { requests: ['600/min'], ipv4: 32 },
    all: { budget: [{ money: 50, per: 'day' }] },
    cost: {
      member: { '/usage/input~1tokens': 1, '/usage/output_tokens': 5 },
      input: ['/usage/input~1tokens'],
      reserve: {
        fixed: 1_000,
        per_byte: 0.25,
        per_item: { '/messages': 4 },
        members: ['/max_tokens'],
        otherwise: 4_096,
      },
      price: 0.000003,
      free_statuses: [429],
    },
  }
  expect(rulesOf(form)).toEqual({
    route: 'messages',
    streams: 2,
    needsHardware: true,
    networkBits: { ipv4: 32, ipv6: 56 },
    longest: 600,
    limits: [
      { scope: 'installation', unit: 'requests', limit: 60, seconds: 60 },
      { scope: 'installation', unit: 'cost', limit: 200_000, seconds: 86_400 },
      { scope: 'network', unit: 'requests', limit: 600, seconds: 60 },
      { scope: 'all', unit: 'cost', limit: 16_666_666, seconds: 86_400, isBudget: true },
      { scope: 'software', unit: 'cost', limit: 8_333_333, seconds: 86_400 },
      { scope: 'installation', unit: 'requests', limit: Infinity, seconds: 86_400 },
    ],
    cost: {
      from: {
        kind: 'body',
        sums: [
          [
            { path: ['usage', 'input/tokens'], weight: 1, isOptional: false, isInput: true },
            { path: ['usage', 'output_tokens'], weight: 5, isOptional: false, isInput: false },
          ],
        ],
      },
      reserve: {
        fixed: 1_000,
        perByte: 0.25,
        perItem: [{ path: ['messages'], units: 4 }],
        members: [['max_tokens']],
        otherwise: 4_096,
      },
      price: 0.000003,
      free: new Set([429]),
    },
  })
})
