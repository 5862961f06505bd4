import { once } from 'node:events'
import { request as send, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import {
  guardThat,
  openMeter,
  refusedByGuard,
  route,
  secret,
  startProxy,
  startUpstream,
  type Upstream,
  type World,
} from '../proxy-world.ts'

const open: { close(): Promise<void> }[] = []
const opened = <T extends { close(): Promise<void> }>(each: T): T => (open.push(each), each)
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

async function world(
  answer?: Parameters<typeof startUpstream>[0],
  more: readonly string[] = [],
  options: Partial<Parameters<typeof startProxy>[0]> = {},
): Promise<World & { upstream: Upstream }> {
  const upstream = opened(await startUpstream(answer))
  const proxy = opened(await startProxy({ config: `routes:\n${route(upstream.url, more)}`, ...options }))
  return { ...proxy, upstream }
}

const fieldsOf = (fields: readonly string[]) =>
  Object.fromEntries(
    fields.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), fields[at + 1] as string]] : [])),
  )

describe('Authorization', () => {
  const authorization = "    inject: { fields: { authorization: { file: /key, prefix: 'Bearer ' } } }"

  /** What an upstream that is given its secret in another field gets of the caller's. */
  async function received(config: string): Promise<Record<string, string>> {
    const upstream = opened(await startUpstream())
    const routes = route(upstream.url).replace(
      authorization,
      '    inject: { fields: { x-api-key: { file: /key } } }',
    )
    const { url } = opened(await startProxy({ config: `${config}routes:\n${routes}` }))
    const headers = { Authorization: 'DPoP token', DPoP: 'proof' }
    expect((await fetch(`${url}/v1/messages`, { headers })).status).toBe(200)
    return fieldsOf(upstream.received[0]?.fields ?? [])
  }

  test("reaches the upstream where it is the user's, and never where it is the token", async () => {
    expect(await received('')).toMatchObject({ authorization: 'DPoP token', 'x-api-key': secret })
    const fields = await received('token_kind: access\n')
    expect(fields).toMatchObject({ 'x-api-key': secret })
    expect(fields).not.toHaveProperty('authorization')
  })
})

describe('a request that passes', () => {
  test('gets the secret, and loses what is of Assay, of proxies and of the connection', async () => {
    const { url, upstream, exchanges } = await world()
    const answer = await fetch(`${url}/v1/messages?a=1`, {
      method: 'POST',
      body: 'hello',
      headers: {
        Authorization: 'Bearer mine',
        DPoP: 'proof',
        'OAuth-Client-Attestation': 'token',
        'Assay-Tier': 'affirming',
        Cookie: 'a=b',
        'X-Forwarded-For': '192.0.2.1',
        'X-HTTP-Method-Override': 'DELETE',
        X_Forwarded_Host: 'other',
        Content_Length: '3',
        'X-Mine': 'kept',
      },
    })
    expect([answer.status, await answer.text()]).toEqual([200, 'served'])
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    const [received] = upstream.received
    expect(received).toMatchObject({ method: 'POST', url: '/v1/messages?a=1', body: 'hello' })
    const fields = fieldsOf(received?.fields ?? [])
    expect(fields).toMatchObject({
      authorization: `Bearer ${secret}`,
      host: new URL(upstream.url).host,
      'x-mine': 'kept',
      'content-length': '5',
    })
    expect(received?.fields.filter((name) => name.toLowerCase() === 'authorization')).toHaveLength(1)
    for (const name of ['dpop', 'oauth-client-attestation', 'assay-tier', 'cookie', 'x-forwarded-for'])
      expect(fields).not.toHaveProperty(name)
    expect(fields).not.toHaveProperty('x-http-method-override')
    expect(fields).not.toHaveProperty('x_forwarded_host')
    expect(fields).not.toHaveProperty('content_length')
    expect(exchanges).toMatchObject([
      { route: 'messages', code: null, status: 200, upstream: { status: 200 }, end: 'complete' },
    ])
  })

  test('is not sent if the guard refuses it', async () => {
    const { url, upstream, exchanges } = await world(undefined, [], { guard: guardThat(refusedByGuard) })
    const answer = await fetch(`${url}/v1/messages`)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('DPoP algs="ES256"')
    expect(upstream.received).toEqual([])
    expect(exchanges).toMatchObject([{ code: 'TOKEN_MISSING', status: 401, route: 'messages' }])
  })

  test('is uploaded piece by piece, and answered while it still comes', async () => {
    const pieces: string[] = []
    const upstream = opened(await startUpstream())
    upstream.server.removeAllListeners('request')
    upstream.server.on('request', (request, response) => {
      request.on('data', (piece: Buffer) => {
        pieces.push(piece.toString())
        response.write(`got ${piece.toString()};`)
      })
      request.on('end', () => response.end())
    })
    const { port } = opened(await startProxy({ config: `routes:\n${route(upstream.url)}` }))
    const sent = send({ port, path: '/v1/messages', method: 'POST' })
    sent.write('one')
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    const [first] = (await once(response, 'data')) as [Buffer]
    expect(first.toString()).toBe('got one;')
    expect(pieces).toEqual(['one'])
    sent.end('two')
    expect(await text(response)).toBe('got two;')
  })
})

test('events reach the caller as they come, the head before the first of them', async () => {
  let next: ((event: string) => void) | undefined
  const { port } = await world((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    response.flushHeaders()
    next = (event) => response.write(event)
  })
  const sent = send({ port, path: '/v1/messages' }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
    next?.(event)
    const [piece] = (await once(response, 'data')) as [Buffer]
    expect(piece.toString()).toBe(event)
  }
  response.destroy()
})

describe('a caller who leaves ends the work of the upstream', () => {
  test.each(['before the answer', 'in the middle of it'])('%s', async (when) => {
    const meter = openMeter()
    const arrived = resolvers()
    const left = resolvers()
    const { port, exchanges } = await world(
      (_request, response) => {
        response.on('close', left.resolve)
        if (when !== 'before the answer') response.write('some')
        arrived.resolve(undefined)
      },
      [],
      { meter },
    )
    const sent = send({ port, path: '/v1/messages' })
    sent.on('error', () => undefined)
    sent.end()
    await arrived.promise
    if (when !== 'before the answer') await once(sent, 'response')
    sent.destroy()
    await left.promise
    await expect.poll(() => exchanges.length).toBe(1)
    expect(exchanges).toMatchObject([{ code: null, end: 'cut' }])
    expect(meter.ends).toEqual(['cut'])
  })
})

function resolvers(): { promise: Promise<unknown>; resolve: (value?: unknown) => void } {
  let resolve: (value?: unknown) => void = () => undefined
  const promise = new Promise((done) => (resolve = done))
  return { promise, resolve }
}
