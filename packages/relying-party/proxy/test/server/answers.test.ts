import { once } from 'node:events'
import { request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import type { Meter } from '../../src/meter/meter.ts'
import {
  admitted,
  guardThat,
  openMeter,
  route,
  secret,
  startProxy,
  startUpstream,
  type World,
} from '../proxy-world.ts'

const open: { close(): Promise<unknown> }[] = []
const opened = <T extends { close(): Promise<unknown> }>(each: T): T => (open.push(each), each)
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

type Answer = Parameters<typeof startUpstream>[0]

async function behind(
  answer: Answer,
  more: readonly string[] = [],
  around = '',
): Promise<World & { ends: string[] }> {
  const meter = openMeter()
  const upstream = opened(await startUpstream(answer))
  const world = opened(await startProxy({ config: `${around}routes:\n${route(upstream.url, more)}`, meter }))
  return { ...world, ends: meter.ends }
}

/** An upstream below HTTP: it sends these bytes, and closes. */
async function sending(bytes: string, more: readonly string[] = []) {
  const meter = openMeter()
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(bytes))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push({ close: () => new Promise((resolve) => server.close(resolve)) })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const world = opened(await startProxy({ config: `routes:\n${route(url, more)}`, meter }))
  return { ...world, ends: meter.ends }
}

describe('an upstream that is at fault', () => {
  test.each([301, 302, 303, 307, 308])('redirects with %i: refused, and never followed', async (status) => {
    const target = opened(await startUpstream())
    const { url, exchanges } = await behind((_request, response) =>
      response.writeHead(status, { Location: `${target.url}/` }).end(),
    )
    const answer = await fetch(`${url}/v1/messages`, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([502, null])
    expect(exchanges).toMatchObject([{ code: 'PROXY_UPSTREAM_REDIRECT', upstream: { status } }])
    expect(target.received).toEqual([])
  })

  test('redirects, and the route passes redirects on', async () => {
    const { url } = await behind(
      (_request, response) => response.writeHead(302, { Location: 'https://elsewhere.example/' }).end(),
      ['answers: { redirects: pass }'],
    )
    const answer = await fetch(`${url}/v1/messages`, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'https://elsewhere.example/'])
  })

  test.each([
    ['fewer bytes than its length', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'],
    ['chunks without an end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ])('sends %s: the caller sees a broken answer, never a short one', async (_, bytes) => {
    const { url, exchanges, ends } = await sending(bytes)
    await expect(fetch(`${url}/v1/messages`).then((answer) => answer.text())).rejects.toThrow()
    await expect.poll(() => exchanges.length).toBe(1)
    expect(exchanges).toMatchObject([{ code: 'PROXY_UPSTREAM_BROKEN', status: 200, end: 'cut' }])
    expect(ends).toEqual(['cut'])
  })

  test.each([
    ['closes without an answer', ''],
    ['sends no HTTP', 'hello\r\n\r\n'],
    ['sends two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ])('%s', async (_, bytes) => {
    const { url, exchanges, ends } = await sending(bytes)
    expect((await fetch(`${url}/v1/messages`)).status).toBe(502)
    expect(exchanges).toMatchObject([{ code: 'PROXY_UPSTREAM_UNREACHABLE', upstream: null }])
    expect(ends).toEqual(['cut'])
  })

  test('is not there: what was reserved is given back', async () => {
    const meter = openMeter()
    const upstream = await startUpstream()
    await upstream.close()
    const { url, exchanges } = opened(await startProxy({ config: `routes:\n${route(upstream.url)}`, meter }))
    const answer = await fetch(`${url}/v1/messages`, { method: 'POST', body: 'x'.repeat(100) })
    expect(answer.status).toBe(502)
    expect(exchanges).toMatchObject([{ code: 'PROXY_UPSTREAM_UNREACHABLE' }])
    expect(meter.ends).toEqual(['not_sent'])
  })

  test('is tried once, also for a GET that it answers with 503', async () => {
    const upstream = opened(await startUpstream((_request, response) => response.writeHead(503).end('later')))
    const { url } = opened(await startProxy({ config: `routes:\n${route(upstream.url)}` }))
    expect((await fetch(`${url}/v1/messages`)).status).toBe(503)
    expect(upstream.received).toHaveLength(1)
  })

  test.each([
    ['does not answer', ['time: { answer_seconds: 1 }'], 504, 'PROXY_UPSTREAM_TIMEOUT', () => undefined],
    [
      'does not answer in all',
      ['time: { total_seconds: 1 }'],
      504,
      'PROXY_UPSTREAM_TIMEOUT',
      () => undefined,
    ],
  ])('%s in time', async (_, more, status, code, answer) => {
    const { url, exchanges } = await behind(answer, more)
    expect((await fetch(`${url}/v1/messages`)).status).toBe(status)
    expect(exchanges).toMatchObject([{ code }])
  })

  test.each([
    [
      'idle_seconds',
      (_request: unknown, response: { write(text: string): unknown }) => void response.write('some'),
    ],
    [
      'total_seconds',
      (_request: unknown, response: ServerResponse) => {
        const more = setInterval(() => response.write('some'), 100)
        response.once('close', () => clearInterval(more))
      },
    ],
  ])('never ends: cut after %s', async (name, answer) => {
    const { url, exchanges, ends } = await behind(answer, [`time: { ${name}: 1 }`])
    const answered = await fetch(`${url}/v1/messages`)
    await expect(answered.text()).rejects.toThrow()
    await expect.poll(() => exchanges.length).toBe(1)
    expect(exchanges).toMatchObject([{ code: 'PROXY_UPSTREAM_BROKEN', end: 'cut' }])
    expect(ends).toEqual(['cut'])
  })
})

describe('the secret never comes back in fields', () => {
  const echoing: Answer = (request, response) => {
    response.writeHead(200, {
      'X-Echo': String(request.headers.authorization),
      'X-Escaped': encodeURIComponent(secret).replace('s', '%73'),
      'X-Path': String(request.url),
      'X-Other': 'kept',
    })
    response.end(`you sent ${secret}`)
  }

  test('values that hold it are dropped, the log says so, and bodies pass', async () => {
    const { url, exchanges } = await behind(echoing)
    const answer = await fetch(`${url}/v1/messages`)
    expect(JSON.stringify([...answer.headers])).not.toContain(secret)
    expect(answer.headers.get('x-escaped')).toBeNull()
    expect(answer.headers.get('x-other')).toBe('kept')
    expect(exchanges).toMatchObject([{ echoed: ['x-echo', 'x-escaped'] }])
    // Without `strip` nobody reads bodies.
    expect(await answer.text()).toContain(secret)
  })

  test('with `strip: true` it does not come back in bodies either, across the borders of pieces', async () => {
    const { url } = await behind(
      (_request, response) => {
        response.write(`a${secret.slice(0, 7)}`)
        setTimeout(() => response.end(`${secret.slice(7)}b${secret}${secret.slice(0, 4)}`), 30)
      },
      ['answers: { strip: true }'],
    )
    const answer = await fetch(`${url}/v1/messages`)
    expect(await answer.text()).toBe(`a[gone]b[gone]${secret.slice(0, 4)}`)
  })

  test('with `strip: true` not as JSON escapes it either', async () => {
    const key = String.raw`a/key"with\escapes`
    const { url, files, secrets } = await behind(
      (_request, response) =>
        void response.end(JSON.stringify({ key }) + JSON.stringify({ key }).replaceAll('/', String.raw`\/`)),
      ['answers: { strip: true }'],
    )
    files.set('/key', key)
    secrets.refresh()
    expect(await (await fetch(`${url}/v1/messages`)).text()).toBe('{"key":"[gone]"}{"key":"[gone]"}')
  })

  test('with `strip: true` an encoded body is refused, though none was asked for', async () => {
    const asked: unknown[] = []
    const { url, exchanges } = await behind(
      (request, response) => {
        asked.push(request.headers['accept-encoding'])
        response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(secret))
      },
      ['answers: { strip: true }'],
    )
    expect((await fetch(`${url}/v1/messages`)).status).toBe(502)
    expect(asked).toEqual(['identity'])
    expect(exchanges).toMatchObject([{ code: 'PROXY_UPSTREAM_ENCODING' }])
  })

  test('a Location with the injected parameter is dropped, and the parameter replaces that of the caller', async () => {
    const targets: unknown[] = []
    const upstream = opened(
      await startUpstream((request, response) => {
        targets.push(request.url)
        response
          .writeHead(302, { Location: `https://elsewhere.example/?key=other`, 'X-Next': String(request.url) })
          .end()
      }),
    )
    const config = `routes:\n${route(upstream.url, ['answers: { redirects: pass }'])}`.replace(
      /inject: .*/,
      'inject: { query: { key: { file: /key } } }',
    )
    const { url } = opened(await startProxy({ config }))
    const path = '/v1/messages?key=mine&Key=mine&k%65y=mine&a=1'
    const answer = await fetch(url + path, { redirect: 'manual' })
    expect(answer.status).toBe(302)
    expect(JSON.stringify([...answer.headers])).not.toContain('key=')
    expect(targets).toEqual([`/v1/messages?a=1&key=${secret}`])
  })
})

test('a value that a file gets is used from then on, and a file that goes missing changes nothing', async () => {
  const sent: unknown[] = []
  const { url, files, secrets, events } = await behind((request, response) => {
    sent.push(request.headers.authorization)
    response.end()
  })
  const call = async () => (await fetch(`${url}/v1/messages`)).text()
  await call()
  files.set('/key', 'sk-another-0123456789')
  secrets.refresh()
  await call()
  for (const bad of ['', undefined]) {
    if (bad === undefined) files.delete('/key')
    else files.set('/key', bad)
    secrets.refresh()
    secrets.refresh()
    await call()
  }
  expect(sent).toEqual([
    `Bearer ${secret}`,
    ...Array.from({ length: 3 }, () => 'Bearer sk-another-0123456789'),
  ])
  expect(events).toEqual([
    { code: 'PROXY_SECRET_CHANGED', file: '/key' },
    { code: 'PROXY_SECRET_KEPT', file: '/key' },
  ])
})

describe('pages of listed origins', () => {
  const origins = 'origins: [https://app.example]\n'

  test('get their preflight answered without a token, and without the upstream', async () => {
    const upstream = opened(await startUpstream())
    const { url } = opened(await startProxy({ config: `${origins}routes:\n${route(upstream.url)}` }))
    const preflight = (origin: string, method = 'POST') =>
      fetch(`${url}/v1/messages`, {
        method: 'OPTIONS',
        headers: {
          Origin: origin,
          'Access-Control-Request-Method': method,
          'Access-Control-Request-Headers': 'dpop,oauth-client-attestation',
        },
      })
    const answer = await preflight('https://app.example')
    expect(answer.status).toBe(204)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'dpop,oauth-client-attestation',
    })
    for (const origin of ['https://other.example', 'null', 'https://app.example, https://app.example'])
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull()
    const unknown = await preflight('https://app.example', 'BREW')
    expect([unknown.status, await unknown.text()]).toEqual([
      405,
      expect.stringContaining('"code":"proxy_method"'),
    ])
    expect(upstream.received).toEqual([])
  })

  test("see refusals, and ours in place of the upstream's permissions", async () => {
    const { url } = await behind(
      (_request, response) =>
        response
          .writeHead(200, { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Credentials': 'true' })
          .end(),
      [],
      origins,
    )
    const headers = { Origin: 'https://app.example' }
    const served = await fetch(`${url}/v1/messages`, { headers })
    expect(served.headers.get('access-control-allow-origin')).toBe('https://app.example')
    expect(served.headers.get('access-control-allow-credentials')).toBeNull()
    const refused = await fetch(`${url}/v1/other`, { headers })
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([
      404,
      'https://app.example',
    ])
    const other = await fetch(`${url}/v1/messages`, { headers: { Origin: 'https://other.example' } })
    expect(other.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('a WebSocket', () => {
  async function echo(more: string) {
    const upstream = opened(await startUpstream())
    const keys: unknown[] = []
    upstream.server.on('upgrade', (request, socket) => {
      keys.push(request.headers['authorization'])
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n',
      )
      socket.pipe(socket)
      socket.on('error', () => undefined)
    })
    const meter = openMeter()
    const world = opened(await startProxy({ config: `routes:\n${route(upstream.url, [more])}`, meter }))
    const request = send({
      port: world.port,
      path: '/v1/messages',
      headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Key': 'k' },
    }).end()
    const [response, socket] = (await once(request, 'upgrade')) as [IncomingMessage, Socket]
    return { ...world, keys, meter, response, socket }
  }

  test('passes on a route that has it, with the secret, as one request', async () => {
    const { socket, keys, response, exchanges, meter } = await echo(
      'upgrade: { most_seconds: 60, most_bytes: 1000 }',
    )
    expect(response.headers['sec-websocket-accept']).toBe('x')
    socket.write('hello')
    const [back] = (await once(socket, 'data')) as [Buffer]
    expect(back.toString()).toBe('hello')
    expect(keys).toEqual([`Bearer ${secret}`])
    socket.destroy()
    await expect.poll(() => exchanges.length).toBe(1)
    expect(exchanges).toMatchObject([{ code: null, status: 101 }])
    expect(meter.ends).toEqual(['cut'])
  })

  test.each(['before it was counted', 'before the upstream answered'])(
    'whose caller left %s is open no longer, and no fault of the upstream',
    async (when) => {
      const isBefore = when === 'before it was counted'
      const upstream = opened(await startUpstream())
      let begun = () => undefined as void
      const hasBegun = new Promise<void>((resolve) => (begun = resolve))
      upstream.server.on('upgrade', (_request, socket) => {
        socket.on('error', () => undefined).on('end', () => socket.destroy())
        socket.resume()
        begun()
      })
      const meter = openMeter()
      const { reserve } = meter
      let proceed = () => undefined as void
      const mayProceed = new Promise<void>((resolve) => (proceed = resolve))
      const waiting: Meter = {
        ...meter,
        async reserve(call) {
          if (isBefore) {
            begun()
            await mayProceed
          }
          return reserve(call)
        },
      }
      const config = `routes:\n${route(upstream.url, ['upgrade: { most_seconds: 60, most_bytes: 1000 }'])}`
      const { port, exchanges, proxy } = opened(await startProxy({ config, meter: waiting }))
      const closed = new Promise((resolve) =>
        proxy.server.once('connection', (socket) => socket.once('close', resolve)),
      )
      const request = send({
        port,
        path: '/v1/messages',
        headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Key': 'k' },
      })
      request.on('error', () => undefined).end()
      await hasBegun
      ;(request.socket as Socket).resetAndDestroy()
      await closed
      proceed()
      await expect.poll(() => exchanges.length).toBe(1)
      expect(exchanges).toMatchObject([{ code: null, status: null, end: 'cut' }])
      expect(meter.ends).toEqual([isBefore ? 'not_sent' : 'cut'])
    },
  )

  test.each([
    ['bytes', 'upgrade: { most_seconds: 60, most_bytes: 10 }'],
    ['seconds', 'upgrade: { most_seconds: 1, most_bytes: 100000 }'],
  ])('is cut after its %s', async (_, more) => {
    const { socket, exchanges } = await echo(more)
    socket.on('error', () => undefined)
    socket.write('more than ten bytes')
    socket.resume()
    await once(socket, 'close')
    await expect.poll(() => exchanges.length).toBe(1)
    expect(exchanges).toMatchObject([{ status: 101, end: 'cut' }])
  })
})

test('whoever expects to be asked before it uploads is asked only if it is admitted', async () => {
  const { port } = await behind((_request, response, body) => response.end(String(body.length)))
  const request = send({ port, path: '/v1/messages', method: 'POST', headers: { Expect: '100-continue' } })
  request.flushHeaders()
  await once(request, 'continue')
  request.end('12345')
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  expect(await text(response)).toBe('5')
  const refused = send({
    port,
    path: '/v1/other',
    method: 'POST',
    headers: { Expect: '100-continue', 'Content-Length': 5 },
  })
  refused.on('continue', () => expect.unreachable())
  refused.flushHeaders()
  const [answer] = (await once(refused, 'response')) as [IncomingMessage]
  expect(answer.statusCode).toBe(404)
  refused.destroy()
})

test('a body that ends early is no request, and is not counted', async () => {
  const meter = openMeter()
  const upstream = opened(await startUpstream())
  const { port, exchanges } = opened(await startProxy({ config: `routes:\n${route(upstream.url)}`, meter }))
  const request = send({ port, path: '/v1/messages', method: 'POST', headers: { 'Content-Length': 10 } })
  request.on('error', () => undefined)
  request.write('12345')
  await new Promise((resolve) => request.once('socket', (socket) => socket.once('connect', resolve)))
  request.destroy()
  await expect.poll(() => exchanges.length).toBe(1)
  expect(exchanges).toMatchObject([{ code: 'PROXY_BODY_INCOMPLETE' }])
  expect([upstream.received, meter.ends]).toEqual([[], []])
})

test('whoever left while it was judged is not counted, and nothing is sent', async () => {
  const upstream = opened(await startUpstream())
  const meter = openMeter()
  let arrived = () => undefined as void
  let proceed = () => undefined as void
  const hasArrived = new Promise<void>((resolve) => (arrived = resolve))
  const mayProceed = new Promise<void>((resolve) => (proceed = resolve))
  const guard = guardThat(admitted)
  const { verify } = guard
  guard.verify = async (request) => {
    arrived()
    await mayProceed
    return verify(request)
  }
  const reserve = (call: Parameters<Meter['reserve']>[0]) => (calls.push(call), meter.reserve(call))
  const calls: unknown[] = []
  const config = `routes:\n${route(upstream.url)}`
  const { port, proxy, exchanges } = opened(await startProxy({ config, guard, meter: { ...meter, reserve } }))
  const closed = new Promise((resolve) =>
    proxy.server.once('request', (_request, response: ServerResponse) => response.once('close', resolve)),
  )
  const request = send({ port, path: '/v1/messages' })
  request.on('error', () => undefined).end()
  await hasArrived
  request.destroy()
  await closed
  proceed()
  await expect.poll(() => exchanges.length).toBe(1)
  expect(exchanges).toMatchObject([{ code: null, status: null, end: 'cut' }])
  expect([upstream.received, calls]).toEqual([[], []])
})

test('an unexpected fault is answered without a word about it, and nothing is sent', async () => {
  const upstream = opened(await startUpstream())
  const meter = { ...openMeter(), reserve: () => Promise.reject(new Error(`it holds ${secret}`)) }
  const { url, faults } = opened(await startProxy({ config: `routes:\n${route(upstream.url)}`, meter }))
  const answer = await fetch(`${url}/v1/messages`)
  const text = await answer.text()
  expect([answer.status, JSON.parse(text)]).toMatchObject([503, { code: 'proxy_failed' }])
  expect(text).not.toContain(secret)
  expect([upstream.received, faults.length]).toEqual([[], 1])
})
