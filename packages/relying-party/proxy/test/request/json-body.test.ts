import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { route, startProxy, startUpstream, type Upstream, type World } from '../proxy-world.ts'

let upstream: Upstream
let world: World
const json = {
  demand: {
    '/model': { one_of: ['small-1', 'small-2'] },
    '/max_tokens': { at_most: 100 },
    '/stream_options/include_usage': { is: true },
  },
  set: { '/user': 'app', '/stream_options/include_usage': true },
}

beforeAll(async () => {
  upstream = await startUpstream()
  const text = route(upstream.url, [`json: ${JSON.stringify(json)}`]).replace('[GET, POST]', '[POST]')
  world = await startProxy({ config: `routes:\n${text}` })
})
afterAll(async () => {
  await world.close()
  await upstream.close()
})

const call = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(`${world.url}/v1/messages`, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json', ...headers },
  })

test('a body that meets the demands is sent as it was judged, with what is set', async () => {
  expect((await call('{ "model": "small-1", "max_tokens": 100, "a": [1.5, "ü"] }')).status).toBe(200)
  const { body, fields } = upstream.received.at(-1) ?? { body: '', fields: [] }
  expect(JSON.parse(body)).toEqual({
    model: 'small-1',
    max_tokens: 100,
    a: [1.5, 'ü'],
    user: 'app',
    stream_options: { include_usage: true },
  })
  expect(fields[fields.findIndex((name) => name.toLowerCase() === 'content-length') + 1]).toBe(
    String(Buffer.byteLength(body)),
  )
})

describe('nothing reaches the upstream', () => {
  test.each<[string, string, string]>([
    ['another model', '{"model":"large","max_tokens":1}', 'proxy_body_not_admitted'],
    ['no model', '{"max_tokens":1}', 'proxy_body_not_admitted'],
    ['a list of models', '{"model":["small-1"],"max_tokens":1}', 'proxy_body_not_admitted'],
    ['more tokens', '{"model":"small-1","max_tokens":101}', 'proxy_body_not_admitted'],
    ['fewer than none', '{"model":"small-1","max_tokens":-1}', 'proxy_body_not_admitted'],
    ['tokens in quotation marks', '{"model":"small-1","max_tokens":"1"}', 'proxy_body_not_admitted'],
    ['no tokens', '{"model":"small-1"}', 'proxy_body_not_admitted'],
    ['a model twice', '{"model":"small-1","max_tokens":1,"model":"large"}', 'proxy_body_malformed'],
    [
      'a model twice, escaped',
      '{"model":"small-1","max_tokens":1,"mod\\u0065l":"large"}',
      'proxy_body_malformed',
    ],
    ['a model in other case', '{"model":"small-1","max_tokens":1,"Model":"large"}', 'proxy_body_malformed'],
    ['tokens with a long s', '{"model":"small-1","max_tokens":1,"max_tokenſ":9}', 'proxy_body_malformed'],
    [
      'options that are none',
      '{"model":"small-1","max_tokens":1,"stream_options":1}',
      'proxy_body_malformed',
    ],
    [
      'an integer that changes',
      '{"model":"small-1","max_tokens":1,"seed":12345678901234567890}',
      'proxy_body_malformed',
    ],
    ['a list', '[]', 'proxy_body_malformed'],
    ['half a body', '{"model":"small-1"', 'proxy_body_malformed'],
    ['no body', '', 'proxy_body_malformed'],
    [
      'many levels',
      `{"model":"small-1","max_tokens":1,"a":${'['.repeat(70)}${']'.repeat(70)}}`,
      'proxy_body_malformed',
    ],
  ])('%s', async (_, body, code) => {
    const before = upstream.received.length
    const answer = await call(body)
    expect(await answer.json()).toMatchObject({ code })
    expect(upstream.received).toHaveLength(before)
  })

  test.each<[string, Record<string, string>]>([
    ['another type', { 'Content-Type': 'text/plain' }],
    ['another charset', { 'Content-Type': 'application/json; charset=utf-16' }],
    ['an encoding', { 'Content-Encoding': 'gzip' }],
  ])('a body of %s', async (_, headers) => {
    const before = upstream.received.length
    const answer = await call('{"model":"small-1","max_tokens":1}', headers)
    expect([answer.status, (await answer.json()).code]).toEqual([415, 'proxy_body_type'])
    expect(upstream.received).toHaveLength(before)
  })

  test('bytes that are not UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from('{"model":"small-1","max_tokens":1,"a":"'),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ])
    expect((await (await call(Uint8Array.from(body))).json()).code).toBe('proxy_body_malformed')
  })

  test('more than 1 MiB', async () => {
    const answer = await call(`{"model":"small-1","max_tokens":1,"a":"${'a'.repeat(2 ** 20)}"}`)
    expect(answer.status).toBe(413)
  })
})
