import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createMemoryMeter, type Meter } from '@assay/proxy'
import { HeldBodies } from '../../src/request/held-bodies.ts'
import { rulesOf } from '../meter/calls.ts'
import {
  openMeter,
  route,
  sendRaw,
  startProxy,
  startUpstream,
  type Upstream,
  type World,
} from '../proxy-world.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function start(
  more: readonly string[],
  meter: Meter = openMeter(),
): Promise<World & { upstream: Upstream }> {
  const upstream = await startUpstream()
  const world = await startProxy({
    config: `routes:\n${route(upstream.url, more).replace('GET, ', '')}`,
    meter,
  })
  ends.push(world.close, upstream.close)
  return { ...world, upstream }
}

const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

function begin(port: number, length: number): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(
    `POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n{"a":"`,
  )
  return socket
}

const tokens = { member: '/usage/total_tokens', reserve: { fixed: 1, per_byte: 1 } }

describe('a large body', () => {
  test('takes its stream before it comes: a fifth that an installation begins is refused at once', async () => {
    const meter = createMemoryMeter({
      rules: [rulesOf({ installation: { requests: ['99/day'] }, network: { requests: ['99/day'] } })],
      clock: () => 0,
    })
    const { port, upstream, exchanges } = await start(['json: { only: [b] }'], meter)
    const open = Array.from({ length: 4 }, () => begin(port, 100_000))
    await expect.poll(async () => (await meter.usage(1))[0]?.open).toBe(4)
    const fifth = begin(port, 100_000)
    const [answer] = (await once(fifth, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 429 /)
    for (const socket of [...open, fifth]) socket.destroy()
    // Nothing was counted, and the streams have ended.
    await expect.poll(async () => meter.usage(1)).toEqual([])
    expect(upstream.received).toEqual([])
    expect(exchanges.map(({ code }) => code)).toContain('METER_EXCEEDED')
  })

  test('is sent whole, with its length, and forgotten then', async () => {
    const { url, upstream } = await start(['json: { demand: { /n: { absent: true } } }'])
    const body = { text: 'x'.repeat(500_000) }
    expect((await post(url, body)).status).toBe(200)
    expect(upstream.received[0]?.body).toBe(JSON.stringify(body))
    const fields = upstream.received[0]?.fields.map((field) => field.toLowerCase()) ?? []
    expect(fields[fields.indexOf('content-length') + 1]).toBe(String(JSON.stringify(body).length))
    expect(fields).not.toContain('transfer-encoding')
  })

  test('whose length lies is no body: the connection ends, and its stream', async () => {
    const meter = openMeter()
    const { port, upstream } = await start(['json: { only: [a] }'], meter)
    const socket = begin(port, 20_000)
    socket.end('"}')
    await once(socket, 'close')
    await expect.poll(() => meter.ends).toEqual(['closed'])
    expect(upstream.received).toEqual([])
  })

  test('that goes on beyond its length ends the connection, and the rest is no request', async () => {
    const { port, upstream } = await start(['json: { only: [a] }'])
    const head = 'POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
    const answers = await sendRaw(port, `${head}Content-Length: 7\r\n\r\n{"a":1},"b":2}\r\n\r\n`)
    // The connection may end before the first is answered: what must not be is another request, or a longer one.
    expect(upstream.received.filter(({ body }) => body !== '{"a":1}')).toEqual([])
    expect(answers.match(/^HTTP\/1\.1 200/gm)?.length ?? 0).toBeLessThanOrEqual(1)
  })

  test('that alone costs more than a limit is refused for good, and one that does not is served', async () => {
    const rules = rulesOf({ all: { cost: ['100000/day'] }, cost: tokens })
    const meter = createMemoryMeter({ rules: [rules], clock: () => 0 })
    const { url, upstream } = await start(
      [
        'meter: { all: { cost: [100000/day] }, cost: { member: /usage/total_tokens, reserve: { fixed: 1, per_byte: 1 } } }',
      ],
      meter,
    )
    const refused = await post(url, { text: 'x'.repeat(900_000) })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([403, null])
    expect(await refused.json()).toMatchObject({
      code: 'meter_request_too_costly',
      error: { type: 'permission_error' },
    })
    expect(upstream.received).toEqual([])
    expect((await post(url, { text: 'x'.repeat(30_000) })).status).toBe(200)
    expect((await post(url, { text: 'x'.repeat(30_000) })).status).toBe(429)
  })
})

test('held bodies are bounded in sum, and for each installation', () => {
  const bodies = new HeldBodies(320_000)
  const a = bodies.open('a')
  expect([a.grow(40_000), a.grow(40_001)]).toEqual([true, 'PROXY_BODIES_SHARE'])
  const others = Array.from({ length: 7 }, (_, i) => bodies.open(`b${i}`))
  for (const other of others) expect(other.grow(40_000)).toBe(true)
  expect(bodies.open('c').grow(1)).toBe('PROXY_BODIES_FULL')
  a.release()
  a.release()
  expect(bodies.bytes).toBe(280_000)
  expect(bodies.open('c').grow(1)).toBe(true)
})

describe('a body that is closed', () => {
  const closed = [
    'json: { only: [model, messages, /messages/*/role, /messages/*/content], demand: { /n: { absent: true } } }',
  ]

  test.each<[unknown, string]>([
    [{ model: 'm', tools: [] }, '/tools'],
    [{ model: 'm', Model: 'n' }, '/Model'],
    [
      {
        messages: [
          { role: 'user', content: 'x' },
          { role: 'user', name: 'y' },
        ],
      },
      '/messages/1/name',
    ],
    [{ messages: [[]].map(() => [{ file_id: 1 }]) }, '/messages/0/0'],
  ])('takes no other member: %j', async (body, member) => {
    const { url, upstream, exchanges } = await start(closed)
    const refused = await post(url, body)
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ code: 'proxy_body_not_admitted', error: { param: member } })
    expect(exchanges[0]?.detail).toBe(member)
    expect(upstream.received).toEqual([])
  })

  test('takes those', async () => {
    const { url } = await start(closed)
    expect(
      (await post(url, { model: 'm', messages: [{ role: 'user', content: [{ any: 1 }] }] })).status,
    ).toBe(200)
  })

  test('takes the models that are listed, and not a million that are not', async () => {
    const { url, upstream } = await start(['json: { demand: { /model: { one_of: [m, n] } } }'])
    expect((await post(url, { model: 'n' })).status).toBe(200)
    expect((await post(url, { model: Array.from({ length: 100_000 }, (_, i) => `m${i}`) })).status).toBe(403)
    expect((await post(url, `{"model":"${'m'.repeat(900_000)}"}`)).status).toBe(403)
    expect(upstream.received).toHaveLength(1)
  })

  test('with a million members is judged all the same', async () => {
    const { url } = await start(['json: { demand: { /model: { one_of: [m] } } }'])
    expect((await post(url, `{"model":[${'1,'.repeat(400_000)}1]}`)).status).toBe(403)
  })

  test('may be set where another member says so', async () => {
    const set = ['json: { set: { /stream_options/include_usage: { value: true, when: { /stream: true } } } }']
    const { url, upstream } = await start(set)
    await post(url, { stream: true })
    await post(url, { stream: false })
    await post(url, {})
    expect(upstream.received.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { stream: true, stream_options: { include_usage: true } },
      { stream: false },
      {},
    ])
    expect((await post(url, { stream: true, Stream: false })).status).toBe(400)
  })
})
