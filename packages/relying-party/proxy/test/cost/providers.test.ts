import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { checkConfig, createMemoryMeter, readConfig } from '@assay/proxy'
import type { MeterAnswer } from '../../src/meter/meter.ts'
import { judgeBody } from '../../src/request/json-body.ts'
import { findRoute, type JsonRule } from '../../src/routes/route.ts'
import { callOf, held } from '../meter/calls.ts'
import { secretsOf } from '../proxy-world.ts'

/** The routes of docs/guides/ai-from-an-app.md. */
const guide = readFileSync(new URL('../../../../../docs/guides/ai-from-an-app.md', import.meta.url), 'utf8')
const from = guide.lastIndexOf('```yaml') + 7
const yaml = guide.slice(from, guide.indexOf('```', from))
const keys = new Map(['openai-key', 'anthropic-key', 'gemini-key'].map((file) => [file, 'sk-0123456789\n']))
const config = checkConfig(readConfig(yaml), secretsOf(keys))

const json = 'application/json'
const sse = 'text/event-stream; charset=utf-8'
const events = (...all: unknown[]) =>
  all.map((each) => `data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n`).join('')
const named = (...all: { type: string }[]) =>
  all.map((each) => `event: ${each.type}\ndata: ${JSON.stringify(each)}\n\n`).join('')

async function charged(
  route: string,
  type: string,
  text: string,
  how: 'complete' | 'cut' = 'complete',
  bytes = 400,
) {
  const meter = createMemoryMeter({ rules: config.meterRules, clock: () => 0 })
  const reservation = held(meter.reserve(callOf('a', { route })) as MeterAnswer)
  reservation.end('not_sent')
  const again = held(meter.reserve({ ...callOf('b', { route }), body: {}, bodyBytes: bytes }) as MeterAnswer)
  again.answered(200, { 'content-type': type })
  for (let at = 0; at < text.length; at += 37) again.read(Buffer.from(text.slice(at, at + 37)))
  return again.end(how)
}

/** Of our own making, after the documents of the providers. */
const openai = { prompt_tokens: 1_000, completion_tokens: 50, total_tokens: 1_050 }
const cached = { ...openai, prompt_tokens_details: { cached_tokens: 500 } }
const chunk = (text: string) => ({
  object: 'chat.completion.chunk',
  choices: [{ delta: { content: text } }],
  usage: null,
})
const responses = { input_tokens: 40, output_tokens: 9, total_tokens: 49 }
const start = {
  type: 'message_start',
  message: { usage: { input_tokens: 25, cache_read_input_tokens: 100, output_tokens: 1 } },
}
const stop = { type: 'message_stop' }
const delta = (tokens: number) => ({ type: 'message_delta', usage: { output_tokens: tokens } })
const gemini = (tokens: number) => ({
  candidates: [{ content: { parts: [{ text: 'x' }] } }],
  usageMetadata: {
    promptTokenCount: 10,
    candidatesTokenCount: tokens,
    thoughtsTokenCount: 2,
    totalTokenCount: 99,
  },
})

describe('what providers state is charged exactly', () => {
  test.each<[string, string, string, string, number]>([
    ['chat completion', 'chat', json, JSON.stringify({ choices: [], usage: openai }), 1_050],
    ['chat completion with a cached prompt', 'chat', json, JSON.stringify({ usage: cached }), 600],
    [
      'stream of a chat completion',
      'chat',
      sse,
      events(chunk('a'), { choices: [], usage: cached }, '[DONE]'),
      600,
    ],
    ['response', 'responses', json, JSON.stringify({ output: [], usage: responses }), 49],
    [
      'stream of a response',
      'responses',
      sse,
      named(
        { type: 'response.created' },
        { type: 'response.completed', ...{ response: { usage: responses } } },
      ),
      49,
    ],
    [
      'embeddings',
      'embeddings',
      json,
      JSON.stringify({ data: [], usage: { prompt_tokens: 8, total_tokens: 8 } }),
      8,
    ],
    ['message', 'messages', json, JSON.stringify({ usage: { input_tokens: 25, output_tokens: 15 } }), 100],
    ['stream of a message', 'messages', sse, named(start, { type: 'ping' }, delta(3), delta(15), stop), 110],
    ['content of Gemini', 'gemini', json, JSON.stringify(gemini(5)), 38],
    ['stream of Gemini as an array', 'gemini', json, JSON.stringify([gemini(1), gemini(5)]), 38],
    ['stream of Gemini', 'gemini', sse, events(gemini(1), gemini(5)), 38],
  ])('%s', async (_, route, type, text, units) => {
    expect(await charged(route, type, text)).toBe(units)
  })

  test.each<[string, string, string, string, 'complete' | 'cut', number]>([
    ['a stream without include_usage', 'chat', sse, events(chunk('a'), '[DONE]'), 'complete', 1_120],
    ['a message of which the input was stated', 'messages', sse, named(start, delta(3)), 'cut', 5_035],
    ['a message that ends before it begins', 'messages', sse, '', 'cut', 5_100],
    [
      'usage that is negative',
      'chat',
      json,
      JSON.stringify({ usage: { ...openai, prompt_tokens: -1 } }),
      'complete',
      1_120,
    ],
  ])('%s keeps what was reserved of the rest', async (_, route, type, text, how, units) => {
    expect(await charged(route, type, text, how)).toBe(units)
  })
})

describe('the routes of the guide', () => {
  const rule = (name: string) => config.routes.find((route) => route.name === name)?.json as JsonRule
  const judge = (name: string, body: object) => judgeBody(Buffer.from(JSON.stringify(body)), rule(name))
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }]
  const chat = { model: 'gpt-5-mini', max_completion_tokens: 10, messages }

  test('take what the SDKs send', () => {
    expect(judge('chat', { ...chat, stream: true })).toMatchObject({
      ok: true,
      value: { stream_options: { include_usage: true }, store: false },
    })
    expect(judge('chat', { ...chat, messages: [{ role: 'user', content: 'hi' }] }).ok).toBe(true)
    expect(judge('messages', { model: 'claude-haiku-4-5', max_tokens: 9, messages }).ok).toBe(true)
  })

  test.each<[object, string]>([
    [{ n: 4 }, '/n'],
    [{ max_tokens: 9 }, '/max_tokens'],
    [{ tools: [] }, '/tools'],
    [{ service_tier: 'priority' }, '/service_tier'],
    [
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
      '/messages/0/content/0/image_url',
    ],
    [{ max_completion_tokens: 100_000 }, '/max_completion_tokens'],
  ])('take nothing that costs in another way: %j', (more, member) => {
    expect(judge('chat', { ...chat, ...more })).toEqual({
      ok: false,
      code: 'PROXY_BODY_NOT_ADMITTED',
      member,
    })
  })

  test.each([
    ['/v1beta/models/gemini-2.5-flash:generateContent', true],
    ['/v1beta/models/x:streamGenerateContent', false],
    ['/v1beta/models/x:streamGenerateContent:generateContent', false],
    ['/v1beta/models/x%3AstreamGenerateContent:generateContent', false],
    ['/v1beta/models/:generateContent', false],
  ])('match %s: %s', (path, ok) => {
    expect(findRoute(config.routes, 'POST', path).ok).toBe(ok)
  })

  test('take a million models as one route, which counts one account', async () => {
    const meter = createMemoryMeter({ rules: config.meterRules, clock: () => 0 })
    const routes = new Set<string>()
    for (let i = 0; i < 1_000_000; i += 1) {
      const found = findRoute(config.routes, 'POST', `/v1beta/models/m${i}:generateContent`)
      routes.add(found.ok ? found.route.name : found.code)
      if (i % 100_000 === 0)
        held(meter.reserve(callOf('a', { route: 'gemini' })) as MeterAnswer).end('not_sent')
    }
    expect([...routes]).toEqual(['gemini'])
    expect(await meter.usage(9)).toMatchObject([{ installation: 'a', requests: 10 }])
  })

  test('share a budget: what one spends, the others lack', () => {
    const meter = createMemoryMeter({ rules: config.meterRules, clock: () => 0 })
    // 50 of the currency, of which this takes 49.
    const spend = (installation: string) =>
      meter.reserve({
        ...callOf(installation, { route: 'messages' }),
        body: {},
        bodyBytes: 400_000,
      }) as MeterAnswer
    let served = 0
    for (let i = 0; i < 600 && spend(`phone ${i}`).ok; i += 1) served += 1
    expect(served).toBe(Math.floor(50 / (105_000 * 0.000001)))
    const chatCall = { ...callOf('another', { route: 'chat' }), body: {}, bodyBytes: 400_000 }
    for (let i = 0; i < 40; i += 1)
      void meter.reserve({ ...chatCall, caller: { ...chatCall.caller, installation: `c ${i}` } })
    expect(meter.reserve({ ...chatCall, bodyBytes: 700_000 })).toMatchObject({
      code: 'METER_EXCEEDED',
      exceeded: { scope: 'budget' },
    })
    expect(meter.budgets()[0]).toMatchObject({ budget: 'models', window: 86_400 })
  })
})
