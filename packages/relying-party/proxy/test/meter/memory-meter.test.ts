import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MeterForm } from '../../src/meter/form.ts'
import { createMemoryMeter } from '../../src/meter/memory-meter.ts'
import type { ExceededLimit, MeterAnswer } from '../../src/meter/meter.ts'
import { answer, callOf, held, midnight, rulesOf } from './calls.ts'

function meterOf(form: MeterForm | undefined, settings: { capacity?: number } = {}) {
  const time = { now: midnight }
  const spent: ExceededLimit[] = []
  const meter = createMemoryMeter({
    rules: [rulesOf(form)],
    clock: () => time.now,
    onBudgetSpent: (_, limit) => spent.push(limit),
    ...settings,
  })
  const call = (...args: Parameters<typeof callOf>) => meter.reserve(callOf(...args)) as MeterAnswer
  const served = (...args: Parameters<typeof callOf>) => {
    const given = call(...args)
    if (given.ok) given.end('complete')
    return given
  }
  return { meter, time, call, served, spent }
}

const tokens = { member: '/usage/total_tokens', reserve: { fixed: 100 } }

describe('requests', () => {
  test('are counted exactly: the hundred-and-first of a phone is refused until the window ends', () => {
    const { served, time } = meterOf({ installation: { requests: ['100/day'] } })
    for (let i = 0; i < 100; i += 1) expect(served('phone').ok).toBe(true)
    time.now += 3_600_000
    expect(served('phone')).toEqual({
      ok: false,
      kind: 'refused',
      code: 'METER_EXCEEDED',
      status: 429,
      headers: {
        'Content-Type': 'application/problem+json',
        'Cache-Control': 'no-store',
        'Retry-After': '82800',
        'x-should-retry': 'false',
        'RateLimit-Policy': '"per-day";q=100;w=86400',
        RateLimit: '"per-day";r=0;t=82800',
      },
      body: {
        type: 'urn:assay:problem:meter_exceeded',
        title: 'More has been used than may be within this time',
        status: 429,
        code: 'meter_exceeded',
      },
      exceeded: { scope: 'installation', unit: 'requests', limit: 100, window: 86_400 },
    })
    expect(served('other phone').ok).toBe(true)
    time.now = midnight + 86_400_000
    expect(served('phone').ok).toBe(true)
  })

  test('say in each answer what is left', () => {
    const { call } = meterOf({ installation: { requests: ['60/min', '2000/day'] } })
    expect(held(call('phone')).headers).toEqual({
      'RateLimit-Policy': '"per-min";q=60;w=60, "per-day";q=2000;w=86400',
      RateLimit: '"per-min";r=59;t=60, "per-day";r=1999;t=86400',
    })
  })

  test('count in several windows, and a refusal waits for the longest that is spent', () => {
    const { served, time } = meterOf({ installation: { requests: ['2/min', '3/hour'] } })
    expect([served('a').ok, served('a').ok, served('a').ok]).toEqual([true, true, false])
    time.now += 60_000
    expect([served('a').ok, served('a')]).toMatchObject([true, { headers: { 'Retry-After': '3540' } }])
  })

  test.each([
    ['network', { network: { requests: ['2/min'] } }, { address: '198.51.100.9' }],
    ['app', { app: { requests: ['2/min'] } }, { app: 'com.example.other' }],
    ['all', { all: { requests: ['2/min'] } }, undefined],
  ] as const)('are counted for %s', (scope, form, other) => {
    const { served } = meterOf(form as unknown as MeterForm)
    expect([served('a').ok, served('b', { address: '192.0.2.77' }).ok]).toEqual([true, true])
    expect(served('c')).toMatchObject({ exceeded: { scope } })
    if (other !== undefined) expect(served('c', other).ok).toBe(true)
  })

  test('that are refused are not counted, at any scope', () => {
    const { served } = meterOf({ installation: { requests: ['1/min'] }, all: { requests: ['2/min'] } })
    expect([served('a').ok, served('a').ok, served('a').ok]).toEqual([true, false, false])
    expect([served('b').ok, served('c').ok]).toEqual([true, false])
  })

  test('stay counted whatever becomes of them', () => {
    const { call } = meterOf({ installation: { requests: ['2/min'] } })
    held(call('a')).end('not_sent')
    held(call('a')).end('cut')
    expect(call('a').ok).toBe(false)
  })

  test('of a clock that is set back count on', () => {
    const { served, time } = meterOf({ installation: { requests: ['1/min'] } })
    expect(served('a').ok).toBe(true)
    time.now -= 86_400_000
    expect(served('a').ok).toBe(false)
  })
})

describe('a cost', () => {
  const form: MeterForm = { installation: { cost: ['250/day'] }, cost: tokens }

  test('is settled by what the answer states', () => {
    const { call } = meterOf(form)
    for (let i = 0; i < 15; i += 1) answer(held(call('a')), 10)
    // 150 are used: the reservation of another fits once.
    const last = held(call('a'))
    expect(call('a')).toMatchObject({ exceeded: { unit: 'cost', limit: 250 } })
    answer(last, 0)
    expect(call('a').ok).toBe(true)
  })

  test.each(['cut', 'complete'] as const)(
    'stays reserved in full where the answer states none (%s)',
    (how) => {
      const { call } = meterOf(form)
      for (let i = 0; i < 2; i += 1) {
        const reservation = held(call('a'))
        reservation.answered(200, { 'content-type': 'application/json' })
        reservation.read(Buffer.from('{"text":"all of it'))
        reservation.end(how)
      }
      expect(call('a').ok).toBe(false)
    },
  )

  test('that is stated counts for nothing if the answer is cut afterwards', () => {
    const { call } = meterOf(form)
    for (let i = 0; i < 2; i += 1) {
      const reservation = held(call('a'))
      reservation.answered(200, { 'content-type': 'application/json' })
      reservation.read(Buffer.from('{"usage":{"total_tokens":1}}'))
      reservation.end('cut')
      reservation.end('complete')
    }
    expect(call('a').ok).toBe(false)
  })

  test('that is stated counts if it is more than what was reserved, though the caller left then', () => {
    const { call } = meterOf({ ...form, installation: { cost: ['500/day'] } })
    const reservation = held(call('a'))
    reservation.answered(200, { 'content-type': 'text/event-stream' })
    reservation.read(Buffer.from('data: {"usage":{"total_tokens":450}}\n\n'))
    reservation.end('cut')
    expect(call('a').ok).toBe(false)
  })

  test('is given back where nothing was sent', () => {
    const { call } = meterOf(form)
    for (let i = 0; i < 9; i += 1) held(call('a')).end('not_sent')
    expect(call('a').ok).toBe(true)
  })

  test('beyond its reservation counts in full', () => {
    const { call } = meterOf(form)
    answer(held(call('a')), 200)
    expect(call('a').ok).toBe(false)
  })

  test('is given back only to the window that it was reserved in; what is beyond counts in the present one', () => {
    const { call, time } = meterOf(form)
    const [cheap, dear] = [held(call('a')), held(call('a'))]
    time.now += 86_400_000
    answer(cheap, 0)
    answer(dear, 260)
    // 160 beyond the reservation: 90 are left, and nothing was given back today.
    expect(call('a').ok).toBe(false)
  })

  test('is reserved as the body says', () => {
    const reserve = { member: '/max_tokens', otherwise: 200, units: 10 }
    const { call } = meterOf({ installation: { cost: ['250/day'] }, cost: { ...tokens, reserve } })
    const half = held(call('a', { body: { max_tokens: 115 } }))
    expect(call('a', { body: { max_tokens: 116 } }).ok).toBe(false)
    half.end('not_sent')
    for (const body of [
      { max_tokens: '1' },
      { max_tokens: 0.5 },
      { max_tokens: -1 },
      { __proto__: null },
      {},
    ]) {
      const dear = held(call('a', { body: body }))
      expect(call('a', { body: { max_tokens: 31 } }).ok).toBe(false)
      dear.end('not_sent')
    }
  })

  test('of refusals by the upstream is free where the route says so, unless they state one', () => {
    const { call } = meterOf({ ...form, cost: { ...tokens, free_statuses: [429] } })
    for (let i = 0; i < 5; i += 1) {
      const reservation = held(call('a'))
      reservation.answered(429, { 'content-type': 'text/plain' })
      reservation.end('complete')
    }
    const stated = held(call('a'))
    stated.answered(429, { 'content-type': 'application/json' })
    stated.read(Buffer.from('{"usage":{"total_tokens":151}}'))
    stated.end('complete')
    expect(call('a').ok).toBe(false)
  })
})

describe('open streams', () => {
  test('of an installation are at most four, or what is configured', () => {
    const { call } = meterOf({ installation: { requests: ['100/min'] } })
    const open = Array.from({ length: 4 }, () => held(call('a')))
    const refused = { limit: 4, scope: 'installation', unit: 'streams', window: null }
    expect(call('a')).toMatchObject({ exceeded: refused, headers: { 'Retry-After': '5' } })
    expect(call('b').ok).toBe(true)
    open[0]?.end('cut')
    expect(call('a').ok).toBe(true)
    const { call: one } = meterOf({ installation: { streams: 1 } })
    expect([one('a').ok, one('a').ok]).toEqual([true, false])
  })

  test('are not bounded on a route without a meter', () => {
    const { call } = meterOf(undefined)
    for (let i = 0; i < 50; i += 1) expect(held(call('a')).headers).toEqual({})
  })
})

describe('a caller for whom no hardware vouches', () => {
  const each: MeterForm = { installation: { requests: ['5/day'] } }
  const software = { holderKey: 'software' } as const

  test('is refused where only installations are limited, whatever its tier, and not counted', () => {
    const { served } = meterOf(each)
    expect(served('a', software)).toMatchObject({
      kind: 'refused',
      code: 'METER_CALLER_UNBOUNDED',
      status: 403,
      body: { code: 'meter_caller_unbounded' },
    })
    expect([served('a', { holderKey: 'vouched' }).ok, served('a').ok]).toEqual([true, true])
  })

  test('is served where its network is limited too, or where nothing is', () => {
    const { served } = meterOf({ ...each, network: { requests: ['5/day'] } })
    expect(served('a', software).ok).toBe(true)
    expect(meterOf(undefined).served('a', software).ok).toBe(true)
    expect(meterOf({ all: { requests: ['5/day'] } }).served('a', software).ok).toBe(true)
  })
})

test('a budget of money closes the route, and the operator is told once for each window', () => {
  const cost = { member: '/usage/total_tokens', reserve: { fixed: 100, per_byte: 1 }, price: 0.01 }
  const { call, spent, time } = meterOf({ all: { budget: [{ money: 3, per: 'day' }] }, cost })
  for (const phone of ['a', 'b', 'c']) expect(call(phone).ok).toBe(true)
  for (const phone of ['d', 'e']) expect(call(phone)).toMatchObject({ exceeded: { scope: 'all' } })
  expect(spent).toEqual([{ scope: 'all', unit: 'cost', limit: 300, window: 86_400 }])
  time.now += 86_400_000
  expect(call('d').ok).toBe(true)
  expect(spent).toHaveLength(1)
})

describe('memory', () => {
  test('is bounded, and who was forgotten begins with what the forgotten had used', () => {
    const { served } = meterOf({ installation: { requests: ['3/day'] } }, { capacity: 8 })
    for (let i = 0; i < 3; i += 1) served('greedy')
    // Each is dropped after a single request; the greedy one has used most and is kept.
    for (let i = 0; i < 100; i += 1) served(`phone ${i}`)
    expect(served('greedy').ok).toBe(false)
    expect(served('phone 0')).toMatchObject({ exceeded: { limit: 3 } })
  })

  test('of windows that are over costs nobody anything', () => {
    const { served, time } = meterOf({ installation: { requests: ['1/min'] } }, { capacity: 4 })
    for (let minute = 0; minute < 5; minute += 1) {
      for (let i = 0; i < 4; i += 1) expect(served(`phone ${minute} ${i}`).ok).toBe(true)
      // The counters for usage are those of a day: everything is over only the next day.
      time.now += 86_400_000
    }
  })

  test('drops no account with an open stream: without any other the request is not served', () => {
    const { call } = meterOf({ installation: { requests: ['9/min'] } }, { capacity: 2 })
    const [open] = [held(call('a')), held(call('b'))]
    expect(call('c')).toMatchObject({ ok: false, kind: 'malfunction', code: 'METER_FULL', status: 503 })
    open.end('complete')
    expect(call('c').ok).toBe(true)
  })

  test('refunds nobody who was dropped, in whatever order they come', () => {
    const phone = fc.integer({ min: 0, max: 12 }).map((number) => `phone ${number}`)
    fc.assert(
      fc.property(fc.array(phone, { maxLength: 200 }), fc.integer({ min: 1, max: 6 }), (calls, capacity) => {
        const { served } = meterOf({ installation: { requests: ['5/day'] } }, { capacity })
        const admitted = new Map<string, number>()
        for (const each of calls) if (served(each).ok) admitted.set(each, (admitted.get(each) ?? 0) + 1)
        expect(Math.max(0, ...admitted.values())).toBeLessThanOrEqual(5)
      }),
    )
  })

  test('no number of identities gets more than the limit for each account that there is space for', () => {
    const { served } = meterOf({ installation: { requests: ['5/day'] } }, { capacity: 10 })
    let admitted = 0
    for (let i = 0; i < 5_000; i += 1) if (served(`phone ${i % 50}`).ok) admitted += 1
    const kept = meterOf({ installation: { requests: ['5/day'] } })
    let honest = 0
    for (let i = 0; i < 5_000; i += 1) if (kept.served(`phone ${i % 50}`).ok) honest += 1
    expect(honest).toBe(250)
    expect(admitted).toBeLessThanOrEqual(honest)
    expect(admitted).toBeGreaterThan(0)
  })
})

test('usage names those that used most, with what is reserved', async () => {
  const { meter, call, served } = meterOf({ all: { requests: ['1000/min'] }, cost: tokens })
  answer(held(call('a')), 700)
  for (let i = 0; i < 3; i += 1) answer(held(call('b')), 1)
  held(call('c'))
  served('d')
  const row = (installation: string, requests: number, cost: number, open: number) => ({
    route: 'messages',
    app: 'com.example.app',
    installation,
    requests,
    cost,
    open,
  })
  expect(await meter.usage(3)).toEqual([row('a', 1, 700, 0), row('c', 1, 100, 1), row('d', 1, 100, 0)])
  expect(await meter.usage(20)).toHaveLength(4)
})
