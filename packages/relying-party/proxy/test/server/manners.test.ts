import { request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { createMemoryMeter } from '@assay/proxy'
import { rulesOf } from '../meter/calls.ts'
import {
  guardThat,
  refusedByGuard,
  route,
  secret,
  startProxy,
  startUpstream,
  type WorldOptions,
} from '../proxy-world.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function start(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  more: readonly string[] = [],
  options: Partial<WorldOptions> = {},
) {
  const upstream = await startUpstream(answer)
  const world = await startProxy({
    config: `routes:\n${route(upstream.url, more).replace('GET, ', '')}`,
    ...options,
  })
  ends.push(world.close, upstream.close)
  return world
}

const ask = (url: string) => fetch(`${url}/v1/messages`, { method: 'POST', body: '{}' })

test('every refusal has what SDKs of models look for', async () => {
  const { url } = await start((_, response) => void response.end(), [], { guard: guardThat(refusedByGuard) })
  const refused = (await (await ask(url)).json()) as { error: unknown }
  expect(refused.error).toEqual({
    message: '',
    type: 'authentication_error',
    code: 'attestation_required',
    param: null,
  })
  const nowhere = (await (await fetch(`${url}/v2`)).json()) as { error: unknown }
  expect(nowhere.error).toMatchObject({ type: 'not_found_error', code: 'proxy_route' })
})

describe('an upstream', () => {
  test.each([
    ['a long wait', 'retry-after', '65719', 'false'],
    ['a date', 'retry-after', 'Fri, 04 Dec 2026 00:00:00 GMT', 'false'],
    ['a long wait in milliseconds', 'retry-after-ms', '65719000', 'false'],
    ['a short wait', 'retry-after', '7', null],
  ])('that asks for %s is obeyed by no SDK for longer than a minute', async (_, name, value, retry) => {
    const { url } = await start(
      (_request, response) => void response.writeHead(429, { [name]: value, 'x-should-retry': 'true' }).end(),
    )
    const { headers } = await ask(url)
    expect([headers.get(name), headers.get('x-should-retry')]).toEqual([value, retry])
  })

  test('does not challenge in our names, and may in its own', async () => {
    const { url } = await start((_request, response) => {
      response.setHeader('WWW-Authenticate', ['DPoP error="use_dpop_nonce"', 'Bearer realm="model"'])
      response.writeHead(401).end()
    })
    expect((await ask(url)).headers.get('www-authenticate')).toBe('Bearer realm="model"')
  })

  test.each(['invalid_client_attestation', 'use_dpop\\u005fnonce'])(
    'does not say %s in a body',
    async (error) => {
      const { url } = await start(
        (_request, response) =>
          void response.writeHead(400, { 'Content-Type': 'application/json' }).end(`{"error":"${error}"}`),
      )
      const answer = await ask(url)
      expect([answer.status, await answer.json()]).toEqual([400, { error: '[gone]' }])
    },
  )

  test('names its customer to no caller, where the route drops that field', async () => {
    const { url } = await start(
      (_request, response) =>
        void response.writeHead(200, { 'OpenAI-Organization': 'org-1', 'x-other': '1' }).end(),
      ['answers: { drop_fields: [openai-organization] }'],
    )
    const { headers } = await ask(url)
    expect([headers.get('openai-organization'), headers.get('x-other')]).toEqual([null, '1'])
  })

  test.each([
    ['Gson', (each: string) => (/[=<>&']/.test(each) ? unicode(each) : each)],
    [
      '.NET',
      (each: string) => (/[+&<>'"]/.test(each) ? unicode(each).toUpperCase().replace('\\U', '\\u') : each),
    ],
    ['a writer that escapes all', unicode],
  ])('that returns the secret as %s escapes it is stripped of it', async (_, escape) => {
    const escaped = [...secret].map(escape).join('')
    const { url } = await start(
      (_request, response) => {
        response.write(`{"a":"${escaped.slice(0, 9)}`)
        setImmediate(() => response.end(`${escaped.slice(9)}"}`))
      },
      ['answers: { strip: true }'],
    )
    expect(await (await ask(url)).text()).toBe('{"a":"[gone]"}')
  })
})

const unicode = (each: string) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`

describe('a stream with a cost', () => {
  const cost = { member: '/usage/output_tokens', reserve: { fixed: 1, per_byte: 1 } }
  const config = [
    'meter: { all: { cost: [100000/day] }, cost: { member: /usage/output_tokens, reserve: { fixed: 1, per_byte: 1 } } }',
  ]
  const meterOf = () =>
    createMemoryMeter({ rules: [rulesOf({ all: { cost: ['100000/day'] }, cost })], clock: () => 0 })
  const json = { 'Content-Type': 'application/json' }

  test('that a caller stops is no malfunction, ten times of ten', async () => {
    const { url, exchanges } = await start(
      (_request, response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' })
        const timer = setInterval(() => response.write('data: {"text":"word"}\n\n'), 2)
        response.once('close', () => clearInterval(timer))
      },
      config,
      { meter: meterOf() },
    )
    for (let i = 0; i < 10; i += 1) {
      const sent = send(`${url}/v1/messages`, { method: 'POST', agent: false, headers: json })
      sent.on('error', () => undefined)
      sent.end('{}')
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      await once(response, 'data')
      sent.destroy()
    }
    await expect.poll(() => exchanges.length).toBe(10)
    expect(exchanges.map(({ code, end }) => `${code} ${end}`)).toEqual(
      Array.from({ length: 10 }, () => 'null cut'),
    )
    // Nothing was stated: the reservation of 3 units stays.
    expect(exchanges[0]?.charged).toEqual({ units: 3, money: null })
  })

  test('that the upstream breaks off is one', async () => {
    const { url, exchanges } = await start(
      (_request, response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' })
        response.write('data: {}\n\n', () => setTimeout(() => response.destroy(), 5))
      },
      config,
      { meter: meterOf() },
    )
    for (let i = 0; i < 5; i += 1)
      await fetch(`${url}/v1/messages`, { method: 'POST', body: '{}', headers: json })
        .then((response) => response.text())
        .catch(() => undefined)
    await expect.poll(() => exchanges.length).toBe(5)
    expect(new Set(exchanges.map(({ code }) => code))).toEqual(new Set(['PROXY_UPSTREAM_BROKEN']))
  })
})
