import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Guard } from '@assay/guard'
import { createValkeyMeter, type InstallationUse } from '@assay/proxy'
import { hasValkey, startValkey } from '@assay/testkit'
import { Redis } from 'iovalkey'
import { describe, expect, test } from 'vitest'
import { meterForm } from '../../src/meter/form.ts'
import { readMeterRules } from '../../src/meter/read-rules.ts'
import { startProxy } from '../proxy-world.ts'
import { callerOf } from './calls.ts'

const [reserved, taken] = [100, 7]
const phones = ['a', 'b', 'c', 'd']
/** Requests under way at once: so many, and no more, can be open where a process is killed. */
const atOnce = 12

const meter = {
  installation: { requests: ['100000/day'], cost: ['10000000/day'], streams: 1_000 },
  cost: { member: '/usage/total_tokens', reserve: { units: reserved } },
}

/** Admits everybody, as the phone that a field names which guards read: what the guard does is tested in its own package. */
const guard: Guard = {
  singleUse: 'once',
  verify: async ({ headers }) => {
    const named = (headers as Record<string, readonly string[]>)['assay-status'] ?? []
    return Promise.resolve(callerOf(named[0] ?? ''))
  },
  ready: () => Promise.resolve(undefined),
  forRoute: () => guard,
}

/** A model that answers, or breaks off after it has done the work. */
async function startModel(port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'Content-Type': 'application/json' })
    const breaksOff = request.headers['x-breaks-off'] !== undefined
    if (breaksOff) response.write('{"text":"', () => response.destroy())
    else response.end(JSON.stringify({ usage: { total_tokens: taken } }))
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

async function stopModel(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

test('needs Valkey where everything is required', () => {
  if (!hasValkey()) expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
})

describe.skipIf(!hasValkey())('two proxies under load', () => {
  test('count nothing twice, and lose nothing beyond what is stated', { timeout: 60_000 }, async () => {
    const valkey = await startValkey()
    const model = await startModel()
    let { server } = model
    const now = 1_000 * Number(/\d{10}/.exec(await valkey.command('TIME'))?.[0])
    const start = async (name: string) => {
      const client = new Redis(valkey.port, '127.0.0.1', {
        enableOfflineQueue: false,
        maxRetriesPerRequest: 0,
        commandTimeout: 300,
      })
      client.on('error', () => undefined)
      await once(client, 'ready')
      let isKilled = false
      const counted = createValkeyMeter({
        rules: [
          readMeterRules(meterForm.parse(meter), {
            route: 'messages',
            tiers: ['affirming'],
            development: false,
            longest: 600,
          }),
        ],
        audience: 'https://api.example',
        client: {
          call: (command, ...args) =>
            isKilled ? Promise.reject(new Error('killed')) : client.call(command, ...args),
        },
        clock: () => now,
        process: name,
        schedule(call, milliseconds) {
          const timer = setTimeout(call, milliseconds / 10)
          return () => clearTimeout(timer)
        },
      })
      const world = await startProxy({ config: routeTo(model.port), guard, meter: counted })
      return {
        url: world.url,
        counted,
        /** As `kill -9`: nothing more is sent, to anybody. */
        kill() {
          isKilled = true
          client.disconnect()
          world.proxy.server.closeAllConnections()
        },
        async close() {
          await world.close()
          client.disconnect()
        },
      }
    }
    const [dying, staying] = [await start('dying'), await start('staying')]
    const tallies = new Map(
      phones.map((phone) => [phone, { served: 0, cut: 0, unreachable: 0, failed: 0, killed: 0 }]),
    )
    let alive = [dying, staying]
    const ask = async (i: number) => {
      const phone = phones[i % phones.length] as string
      const tally = tallies.get(phone)
      if (tally === undefined) return
      const node = alive[i % alive.length]
      const breaksOff = i % 7 === 0
      const answer = await fetch(`${node?.url ?? ''}/v1/messages`, {
        method: 'POST',
        headers: { 'assay-status': phone, ...(breaksOff ? { 'x-breaks-off': '1' } : {}) },
        body: '{}',
      }).then(
        async (response) => ({ status: response.status, text: await response.text().catch(() => 'cut') }),
        () => ({ status: 0, text: '' }),
      )
      if (answer.text === 'cut') tally.cut += 1
      else if (answer.status === 200) tally.served += 1
      else if (answer.text.includes('proxy_upstream_unreachable')) tally.unreachable += 1
      else if (answer.text.includes('meter_failed')) tally.failed += 1
      else if (answer.status === 0) tally.killed += 1
      else throw new Error(answer.text)
    }
    const load = async (from: number, to: number, meanwhile: () => unknown = () => undefined) => {
      let next = from
      const pour = async () => {
        while (next < to) {
          if (next === Math.floor((from + to) / 2)) await meanwhile()
          await ask(next++)
        }
      }
      await Promise.all(Array.from({ length: atOnce }, pour))
    }

    await load(0, 150)
    await stopModel(server)
    await load(150, 200)
    ;({ server } = await startModel(model.port))
    await load(200, 350, () => {
      dying.kill()
      alive = [staying]
    })
    await load(350, 500, () => {
      valkey.freeze()
      setTimeout(() => valkey.thaw(), 700)
    })
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
    let use: InstallationUse[] = []
    // Only what the killed process had open stays open.
    const open = async () => sum((use = await staying.counted.usage(10)).map((row) => row.open))
    await expect.poll(open, { timeout: 10_000 }).toBeLessThanOrEqual(atOnce)
    await staying.counted.close()

    let [requests, cost, sure, unsure, owed] = [0, 0, 0, 0, 0]
    for (const row of await staying.counted.usage(10)) {
      const tally = tallies.get(row.installation)
      if (tally === undefined) throw new Error('unknown phone')
      const { served, cut, unreachable, failed, killed } = tally
      expect(row.requests).toBeGreaterThanOrEqual(served + cut + unreachable)
      expect(row.requests).toBeLessThanOrEqual(served + cut + unreachable + failed + killed)
      requests += row.requests
      cost += row.cost
      sure += served + cut + unreachable
      unsure += failed + killed
      // An answer that was broken off keeps its reservation; what no upstream got is given back.
      owed += taken * served + reserved * cut
    }
    expect(use).toHaveLength(phones.length)
    expect([requests >= sure, requests <= sure + unsure]).toEqual([true, true])
    expect(cost).toBeGreaterThanOrEqual(owed)
    expect(cost).toBeLessThanOrEqual(owed + reserved * atOnce)
    const all = [...tallies.values()]
    for (const kind of ['served', 'cut', 'unreachable', 'failed'] as const)
      expect({ kind, happened: all.some((tally) => tally[kind] > 0) }).toEqual({ kind, happened: true })
    await staying.close()
    await dying.counted.close()
    await dying.close()
    await stopModel(server)
    await valkey.stop()
  })
})

function routeTo(port: number): string {
  return `
routes:
  - name: messages
    methods: [POST]
    path: /v1/messages
    upstream: http://127.0.0.1:${port}
    inject: { fields: { authorization: { file: /key } } }
`
}
