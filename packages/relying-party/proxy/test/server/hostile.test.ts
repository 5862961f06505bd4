import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  admitted,
  guardThat,
  route,
  sendRaw,
  startProxy,
  startUpstream,
  type Upstream,
  type World,
} from '../proxy-world.ts'

let upstream: Upstream
let world: World
const guard = guardThat(admitted)

beforeAll(async () => {
  upstream = await startUpstream()
  const routes = [
    route(upstream.url),
    route(upstream.url, [], '/v1/files/*', 'files'),
    route(upstream.url, ['upgrade: { most_seconds: 1, most_bytes: 8 }'], '/v1/socket', 'socket'),
    route(upstream.url, ['body: { most_bytes: 8 }'], '/v1/small', 'small').replace(
      /inject: .*/,
      'inject: { query: { key: { file: /key } } }',
    ),
  ]
  world = await startProxy({ config: `routes:\n${routes.join('')}`, guard })
})
afterAll(async () => {
  await world.close()
  await upstream.close()
})

const lines = (...all: string[]) => `${all.join('\r\n')}\r\n\r\n`
const get = (target: string, ...fields: string[]) =>
  lines(`GET ${target} HTTP/1.1`, 'Host: api', 'Connection: close', ...fields)
const post = (target: string, fields: string[], body: string) =>
  lines(`POST ${target} HTTP/1.1`, 'Host: api', ...fields) + body

test('the twin: sound requests reach the upstream', async () => {
  for (const request of [
    get('/v1/messages?a=b'),
    get('/v1/files/a%20b'),
    get('/v1/messages', 'Connection: keep-alive, TE'),
    post('/v1/messages', ['Connection: close', 'Content-Length: 2'], '{}'),
    post('/v1/messages', ['Connection: close', 'Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\n\r\n'),
  ]) {
    const before = upstream.received.length
    expect(await sendRaw(world.port, request)).toMatch(/^HTTP\/1\.1 200 /)
    expect(upstream.received).toHaveLength(before + 1)
  }
})

describe('nothing reaches the upstream', () => {
  test.each<[string, string, number, string]>([
    [
      'a length and chunks',
      post(
        '/v1/messages',
        ['Content-Length: 4', 'Transfer-Encoding: chunked'],
        '0\r\n\r\nGET /v1/messages HTTP/1.1\r\n\r\n',
      ),
      400,
      'PROXY_MESSAGE',
    ],
    [
      'two lengths',
      post('/v1/messages', ['Content-Length: 2', 'Content-Length: 4'], '{}GE'),
      400,
      'PROXY_MESSAGE',
    ],
    ['a folded field', get('/v1/messages', 'X-A: b', ' c: d'), 400, 'PROXY_MESSAGE'],
    ['a bare CR', 'GET /v1/messages HTTP/1.1\rX: y\r\nHost: api\r\n\r\n', 400, 'PROXY_MESSAGE'],
    ['a space before the colon', get('/v1/messages', 'Transfer-Encoding : chunked'), 400, 'PROXY_MESSAGE'],
    [
      'another coding',
      post('/v1/messages', ['Transfer-Encoding: gzip, chunked'], '0\r\n\r\n'),
      400,
      'PROXY_FIELDS',
    ],
    ['absolute form', get('http://other.example/v1/messages'), 400, 'PROXY_TARGET'],
    ['dots', get('/v1/files/../messages'), 400, 'PROXY_TARGET'],
    ['escaped dots', get('/v1/files/%2e%2E/messages'), 400, 'PROXY_TARGET'],
    ['dots with a parameter', get('/v1/files/..;x'), 400, 'PROXY_TARGET'],
    ['dots with an escaped parameter', get('/v1/files/.%2e%3Bx'), 400, 'PROXY_TARGET'],
    ['an escaped slash', get('/v1/files/a%2fb'), 400, 'PROXY_TARGET'],
    ['an escaped backslash', get('/v1/files/a%5Cb'), 400, 'PROXY_TARGET'],
    ['a backslash', get('/v1/files/a\\b'), 400, 'PROXY_TARGET'],
    ['an escaped percent sign', get('/v1/files/a%252fb'), 400, 'PROXY_TARGET'],
    ['an escaped NUL', get('/v1/files/a%00'), 400, 'PROXY_TARGET'],
    ['half an escape', get('/v1/files/a%2'), 400, 'PROXY_TARGET'],
    ['a fragment', get('/v1/messages#/v1/files/a'), 400, 'PROXY_TARGET'],
    ['a fragment in the query', get('/v1/messages?a#b'), 400, 'PROXY_TARGET'],
    ['an empty segment', get('//v1/messages'), 400, 'PROXY_TARGET'],
    ['an asterisk', lines('OPTIONS * HTTP/1.1', 'Host: api', 'Connection: close'), 400, 'PROXY_TARGET'],
    ['a hidden parameter', get('/v1/small?a=1;key=mine'), 400, 'PROXY_QUERY'],
    ['a long query', get(`/v1/messages?${'a'.repeat(8193)}`), 400, 'PROXY_QUERY'],
    ['Connection: DPoP', get('/v1/messages', 'Connection: DPoP'), 400, 'PROXY_FIELDS'],
    [
      'Connection: Authorization',
      get('/v1/messages', 'Connection: close, authorization'),
      400,
      'PROXY_FIELDS',
    ],
    ['a body of a GET', get('/v1/messages', 'Content-Length: 2') + '{}', 400, 'PROXY_FIELDS'],
    [
      'an upgrade to h2c',
      lines('GET /v1/messages HTTP/1.1', 'Host: api', 'Connection: Upgrade', 'Upgrade: h2c'),
      400,
      'PROXY_UPGRADE',
    ],
    [
      'an upgrade on a route without',
      lines('GET /v1/messages HTTP/1.1', 'Host: api', 'Connection: Upgrade', 'Upgrade: websocket'),
      400,
      'PROXY_UPGRADE',
    ],
    [
      'an upgrade that is no GET',
      lines('POST /v1/socket HTTP/1.1', 'Host: api', 'Connection: Upgrade', 'Upgrade: websocket'),
      400,
      'PROXY_UPGRADE',
    ],
    ['an upgrade without Connection', get('/v1/messages', 'Upgrade: websocket'), 400, 'PROXY_UPGRADE'],
    ['another path', get('/v1/other'), 404, 'PROXY_ROUTE'],
    ['a path below', get('/v1/messages/1'), 404, 'PROXY_ROUTE'],
    ['two segments for one', get('/v1/files/a/b'), 404, 'PROXY_ROUTE'],
    [
      'another method',
      lines('DELETE /v1/messages HTTP/1.1', 'Host: api', 'Connection: close'),
      405,
      'PROXY_METHOD',
    ],
    [
      'a larger body',
      post('/v1/small', ['Content-Length: 9', 'Connection: close'], '123456789'),
      413,
      'PROXY_BODY_TOO_LARGE',
    ],
    [
      'a preflight of an unknown origin for no route',
      lines(
        'OPTIONS /v1/other HTTP/1.1',
        'Host: api',
        'Origin: https://a.example',
        'Access-Control-Request-Method: GET',
        'Connection: close',
      ),
      404,
      'PROXY_ROUTE',
    ],
  ])('%s', async (_, request, status, code) => {
    const before = upstream.received.length
    const asked = guard.asked
    world.exchanges.length = 0
    const answer = await sendRaw(world.port, request)
    expect(answer.split('\r\n')[0], answer).toContain(`HTTP/1.1 ${status} `)
    expect(upstream.received).toHaveLength(before)
    // Before a signature is verified, and so before a proof is used.
    expect(guard.asked).toBe(asked)
    expect(world.exchanges.map((each) => each.code)).toEqual([code])
    expect(answer).toContain(`"code":"${code.toLowerCase()}"`)
  })

  test('no host, which the server answers by itself', async () => {
    const before = upstream.received.length
    const answer = await sendRaw(world.port, lines('GET /v1/messages HTTP/1.1', 'Connection: close'))
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(upstream.received).toHaveLength(before)
  })

  test('CONNECT', async () => {
    const before = upstream.received.length
    expect(
      await sendRaw(world.port, lines('CONNECT other.example:443 HTTP/1.1', 'Host: other.example')),
    ).toBe('')
    expect(upstream.received).toHaveLength(before)
  })
})

test('a body in chunks ends where it is too large, and the upstream gets no whole request', async () => {
  const before = upstream.received.length
  const chunks = '5\r\n12345\r\n5\r\n67890\r\n0\r\n\r\n'
  const answer = await sendRaw(
    world.port,
    post('/v1/small', ['Transfer-Encoding: chunked', 'Connection: close'], chunks),
  )
  expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  expect(upstream.received).toHaveLength(before)
})
