import type { ValkeyClient } from '@assay/guard/valkey'
import { hasValkey, type PrivateValkey, startValkey } from '@assay/testkit'
import { Redis } from 'iovalkey'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MeterForm } from '../../src/meter/form.ts'
import { createValkeyMeter, type ValkeyMeter } from '../../src/meter/valkey-meter.ts'
import { answer, callOf, type CallParts, held, requestOf, rulesOf } from './calls.ts'

const audience = 'https://api.example.com'
const tokens = { member: '/usage/total_tokens', reserve: { units: 100 } }

if (!hasValkey()) {
  console.log('not run: the meter on Valkey, which is not installed')
  it('needs Valkey where everything is required', () => {
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
} else {
  let server: PrivateValkey
  /** Unix milliseconds, by the clock of the server, when the tests began. */
  let now: number
  const clients: Redis[] = []
  const meters: ValkeyMeter[] = []
  const settings = { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 1_000 } as const
  const connect = async () => {
    const client = new Redis(server.port, '127.0.0.1', settings)
    client.on('error', () => undefined)
    clients.push(client)
    await new Promise((resolve) => client.once('ready', resolve))
    return client
  }
  /** Counts the commands that are sent. */
  const counted = (client: ValkeyClient) => {
    const names: string[] = []
    const call: ValkeyClient['call'] = (command, ...args) => {
      names.push(command === 'FCALL' ? String(args[0]) : command)
      return client.call(command, ...args)
    }
    return { client: { call }, names }
  }
  let processes = 0
  const meterOn = (
    client: ValkeyClient,
    form: MeterForm | undefined,
    spent: string[] = [],
    more: { capacity?: number } = {},
  ) => {
    const meter = createValkeyMeter({
      rules: [rulesOf(form)],
      audience,
      client,
      clock: () => now,
      process: `process-${(processes += 1)}`,
      schedule: (call, milliseconds) => {
        const timer = setTimeout(call, milliseconds / 20)
        return () => clearTimeout(timer)
      },
      onBudgetSpent: (route) => void spent.push(route),
      ...more,
    })
    meters.push(meter)
    return meter
  }
  const reserve = async (meter: ValkeyMeter, phone: string, parts: CallParts = {}) =>
    meter.reserve(callOf(phone, parts))
  /** As the guard does for a proof that holds. */
  const proven = (meter: ValkeyMeter, key: string, usableFrom = now / 1_000) => {
    const request = requestOf()
    const holder = { jkt: 'k', tier: 'affirming', usableFrom } as const
    expect(meter.replayStore.addIfAbsent(key, now / 1_000 + 60, holder, request)).toBe(true)
    return { request }
  }
  const settled = async () => {
    await Promise.all(meters.map((meter) => meter.close()))
  }

  beforeAll(async () => {
    server = await startValkey({ cluster: true })
    now = 1_000 * Number(/\d{10}/.exec(await server.command('TIME'))?.[0])
  })
  beforeEach(async () => {
    await server.command('FLUSHALL')
  })
  afterAll(async () => {
    for (const client of clients) client.disconnect()
    await server.stop()
  })

  describe('calls of Valkey', () => {
    it('are one for replay and meter before the request, and one after a stated cost, over one slot', async () => {
      const { client, names } = counted(await connect())
      const form: MeterForm = {
        installation: { requests: ['60/min', '2000/day'], cost: ['1000/day'] },
        network: { requests: ['600/min'] },
        app: { requests: ['6000/min'] },
        all: { cost: ['100000/day'] },
        cost: tokens,
      }
      const meter = meterOn(client, form)
      held(await reserve(meter, 'warm'))
      names.length = 0
      const open = held(await reserve(meter, 'a', proven(meter, 'k 1')))
      expect(names).toEqual(['assay_guard_2_reserve'])
      answer(open, 10)
      expect(names).toEqual(['assay_guard_2_reserve', 'assay_guard_2_settle'])
      open.end('complete')
      expect(names).toHaveLength(2)
      expect(await reserve(meter, 'a', proven(meter, 'k 1'))).toMatchObject({ code: 'PROOF_REPLAYED' })
      expect(names).toHaveLength(3)
    })

    it('are one alone where nothing is reserved and no stream is bounded', async () => {
      const { client, names } = counted(await connect())
      const meter = meterOn(client, undefined)
      held(await reserve(meter, 'warm'))
      names.length = 0
      held(await reserve(meter, 'a', proven(meter, 'k 1'))).end('complete')
      expect(names).toEqual(['assay_guard_2_reserve'])
    })
  })

  describe('a meter that processes share', () => {
    it('counts exactly, whichever process asks, however many ask at once', async () => {
      const form: MeterForm = { installation: { requests: ['25/day'], streams: 1_000 } }
      const both = [meterOn(await connect(), form), meterOn(await connect(), form)] as const
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, i) => reserve(both[i % 2 === 0 ? 0 : 1], 'a')),
      )
      expect(answers.filter(({ ok }) => ok)).toHaveLength(25)
      expect(answers.find(({ ok }) => !ok)).toMatchObject({
        code: 'METER_EXCEEDED',
        status: 429,
        exceeded: { scope: 'installation', unit: 'requests', limit: 25, window: 86_400 },
        headers: { 'RateLimit-Policy': '"per-day";q=25;w=86400' },
      })
      expect((await reserve(both[0], 'b')).ok).toBe(true)
    })

    it.each([
      ['network', { network: { requests: ['2/day'] } }, { address: '198.51.100.9' }],
      ['app', { app: { requests: ['2/day'] } }, { app: 'com.example.other' }],
      ['all', { all: { requests: ['2/day'] } }, undefined],
    ] as const)('counts for %s', async (scope, form, other) => {
      const meter = meterOn(await connect(), form as unknown as MeterForm)
      for (const phone of ['a', 'b']) held(await reserve(meter, phone))
      expect(await reserve(meter, 'c')).toMatchObject({ exceeded: { scope } })
      if (other !== undefined) held(await reserve(meter, 'c', other))
    })

    it('takes a proof once, and counts a request whose proof was known for nothing', async () => {
      const form: MeterForm = { installation: { requests: ['3/day'] } }
      const both = [meterOn(await connect(), form), meterOn(await connect(), form)] as const
      held(await reserve(both[0], 'a', proven(both[0], 'k 1')))
      for (let i = 0; i < 5; i += 1) {
        const again = await reserve(both[1], 'a', proven(both[1], 'k 1'))
        expect(again).toMatchObject({ ok: false, kind: 'refused', code: 'PROOF_REPLAYED', status: 401 })
      }
      const old = proven(both[1], 'k 2', now / 1_000 - 3_600)
      expect(await reserve(both[1], 'a', old)).toMatchObject({ code: 'PROOF_TOO_OLD' })
      held(await reserve(both[1], 'a', proven(both[1], 'k 3')))
      held(await reserve(both[1], 'a', proven(both[1], 'k 4')))
      expect(await reserve(both[1], 'a', proven(both[1], 'k 5'))).toMatchObject({ code: 'METER_EXCEEDED' })
    })

    it('refuses a proof whose body took longer to come than it is good for', async () => {
      const meter = meterOn(await connect(), undefined)
      const request = requestOf()
      const holder = { jkt: 'k', tier: 'affirming', usableFrom: 0 } as const
      void meter.replayStore.addIfAbsent('k 1', now / 1_000 - 1, holder, request)
      expect(await reserve(meter, 'a', { request })).toMatchObject({ code: 'PROOF_TOO_OLD' })
    })

    it('settles what answers state, keeps what they do not, and gives back what was not sent', async () => {
      const form: MeterForm = { installation: { cost: ['250/day'] }, cost: tokens }
      const meter = meterOn(await connect(), form)
      for (let i = 0; i < 15; i += 1) answer(held(await reserve(meter, 'a')), 10)
      await settled()
      held(await reserve(meter, 'a')).end('not_sent')
      await settled()
      const kept = held(await reserve(meter, 'a'))
      kept.end('cut')
      await settled()
      expect(await reserve(meter, 'a')).toMatchObject({ exceeded: { unit: 'cost', limit: 250 } })
      const beyond = held(await reserve(meter, 'b'))
      answer(beyond, 251)
      await settled()
      expect((await reserve(meter, 'b')).ok).toBe(false)
      expect(await meter.usage(5)).toMatchObject([
        { app: 'com.example.app', installation: 'b', requests: 1, cost: 251, open: 0 },
        { app: 'com.example.app', installation: 'a', requests: 17, cost: 250, open: 0 },
      ])
    })

    it('keeps so many accounts and no more, and refunds nobody whom it dropped', async () => {
      const client = await connect()
      const [one, other] = [1, 2].map(() =>
        meterOn(client, { installation: { requests: ['5/day'] } }, [], { capacity: 4 }),
      ) as [ValkeyMeter, ValkeyMeter]
      const phone = fc.integer({ min: 0, max: 12 }).map((number) => `phone ${number}`)
      const orders = fc.array(fc.tuple(phone, fc.boolean()), { minLength: 40, maxLength: 80 })
      await fc.assert(
        fc.asyncProperty(orders, async (calls) => {
          await server.command('FLUSHALL')
          const admitted = new Map<string, number>()
          for (const [each, isOne] of calls) {
            const given = await reserve(isOne ? one : other, each)
            if (!given.ok) continue
            given.end('complete')
            admitted.set(each, (admitted.get(each) ?? 0) + 1)
          }
          expect(Math.max(0, ...admitted.values())).toBeLessThanOrEqual(5)
        }),
        { numRuns: 15 },
      )
      expect(await one.usage(100)).toHaveLength(4)
    })

    it('refuses whoever no hardware vouches for, where only installations are limited', async () => {
      const { client, names } = counted(await connect())
      const meter = meterOn(client, { installation: { requests: ['5/day'] } })
      names.length = 0
      const software = { holderKey: 'software' } as const
      expect(await reserve(meter, 'a', software)).toMatchObject({
        code: 'METER_CALLER_UNBOUNDED',
        status: 403,
      })
      expect(names).toEqual([])
    })

    it('bounds the open streams of an installation over all processes', async () => {
      const form: MeterForm = { installation: { streams: 2 } }
      const both = [meterOn(await connect(), form), meterOn(await connect(), form)] as const
      const open = [held(await reserve(both[0], 'a')), held(await reserve(both[1], 'a'))]
      expect(await reserve(both[0], 'a')).toMatchObject({ exceeded: { unit: 'streams', limit: 2 } })
      open[1]?.end('cut')
      await settled()
      held(await reserve(both[0], 'a'))
    })

    it('tells the operator once of a budget that is spent', async () => {
      const spent: string[] = []
      const form: MeterForm = {
        all: { budget: [{ money: 2, per: 'day' }] },
        cost: { ...tokens, reserve: { fixed: 100, per_byte: 1 }, price: 0.01 },
      }
      const meter = meterOn(await connect(), form, spent)
      for (const phone of ['a', 'b', 'c', 'd']) await reserve(meter, phone)
      expect(spent).toEqual(['messages'])
    })

    it('exceeds no budget by more than open streams cost beyond their reservations', async () => {
      const meter = meterOn(await connect(), {
        installation: { cost: ['100/day'] },
        cost: { member: '/usage/total_tokens', reserve: { member: '/max_tokens', otherwise: 1 } },
      })
      let phones = 0
      const acts = fc.array(fc.record({ reserve: fc.nat(60), cost: fc.nat(90), ends: fc.boolean() }), {
        minLength: 10,
        maxLength: 25,
      })
      await fc.assert(
        fc.asyncProperty(acts, async (all) => {
          const phone = `phone-${(phones += 1)}`
          let spent = 0
          const open: { reserve: number; cost: number; end: () => void }[] = []
          for (const { reserve: units, cost, ends } of all) {
            const given = await reserve(meter, phone, { body: { max_tokens: units } })
            expect(given.ok).toBe(open.length < 4 && spent + units <= 100)
            if (given.ok) {
              spent += units
              open.push({ reserve: units, cost, end: () => answer(given, cost) })
            }
            const ended = ends ? open.shift() : undefined
            if (ended === undefined) continue
            ended.end()
            await settled()
            spent += ended.cost - ended.reserve
          }
          const [row] = (await meter.usage(100_000)).filter(({ installation }) => installation === phone)
          expect(row?.cost ?? 0).toBe(spent)
        }),
        { numRuns: 15 },
      )
    })
  })

  describe('faults', () => {
    const form: MeterForm = { installation: { requests: ['100/day'], cost: ['1000/day'] }, cost: tokens }
    const useOf = async (meter: ValkeyMeter) => (await meter.usage(1))[0]

    it('without Valkey nothing is served, and what it did not count is not counted', async () => {
      const client = await connect()
      const meter = meterOn(client, form)
      answer(held(await reserve(meter, 'a')), 10)
      await settled()
      server.freeze()
      const failed = await reserve(meter, 'a')
      expect(failed).toMatchObject({ ok: false, kind: 'malfunction', code: 'METER_FAILED', status: 503 })
      server.thaw()
      // It had come: the request stays counted, and its cost is given back.
      await expect.poll(() => useOf(meter)).toMatchObject({ requests: 2, cost: 10, open: 0 })
    })

    it('the end of a request is sent until Valkey has answered, and counts once', async () => {
      const client = await connect()
      const meter = meterOn(client, form)
      const open = held(await reserve(meter, 'a'))
      server.freeze()
      answer(open, 300)
      // Both the first and those that follow are given up by the client, and are carried out nevertheless.
      await new Promise((resolve) => setTimeout(resolve, 1_300))
      server.thaw()
      await expect.poll(() => useOf(meter)).toMatchObject({ requests: 1, cost: 300, open: 0 })
      await settled()
      expect(await useOf(meter)).toMatchObject({ requests: 1, cost: 300, open: 0 })
    })

    it('a process that is killed leaves its reservations in full, and its streams open until their time is over', async () => {
      const dead = meterOn(await connect(), form)
      held(await reserve(dead, 'a'))
      const other = meterOn(await connect(), form)
      expect(await useOf(other)).toMatchObject({ requests: 1, cost: 100, open: 1 })
      const key = `assay-proxy:{${audience}}:messages:streams:a`
      const until = Number(
        (await server.command('ZRANGE', key, '0', '-1', 'WITHSCORES')).match(/\d{13}/)?.[0],
      )
      expect(until - now).toBeGreaterThan(600_000)
      expect(until - now).toBeLessThan(720_000)
    })

    it('a server that has forgotten refuses proofs from before, and counts anew', async () => {
      const meter = meterOn(await connect(), { installation: { requests: ['1/day'] } })
      held(await reserve(meter, 'a'))
      expect((await reserve(meter, 'a')).ok).toBe(false)
      await server.command('FLUSHALL')
      expect(await reserve(meter, 'a', proven(meter, 'k 1', now / 1_000 - 5))).toMatchObject({
        code: 'PROOF_TOO_OLD',
      })
      held(await reserve(meter, 'a'))
    })
  })
}

it('an audience that would end the hash tag early is misuse', () => {
  expect(() =>
    createValkeyMeter({
      rules: [],
      audience: 'https://api.example.com/{id}',
      client: { call: async () => Promise.resolve('OK') },
      clock: () => 0,
      process: 'p',
      schedule: () => () => undefined,
    }),
  ).toThrow(TypeError)
})
