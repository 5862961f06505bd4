import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AnswerCost } from '../../src/cost/answer-cost.ts'
import type { CostRules, CountedMember } from '../../src/cost/cost-rules.ts'

const reserve = { fixed: 1, perByte: 0, perItem: [], members: [], otherwise: 0 }
const free = new Set<number>()
const counted = (pointer: string, weight = 1, more: Partial<CountedMember> = {}): CountedMember => ({
  path: pointer.split('/').slice(1),
  weight,
  isOptional: false,
  isInput: false,
  ...more,
})
const rulesOf = (...sums: CountedMember[][]): CostRules => ({ from: { kind: 'body', sums }, reserve, free })
const total = rulesOf([counted('/usage/total_tokens')])
const parts = rulesOf([
  counted('/message/usage/input_tokens', 0.2, { isInput: true }),
  counted('/usage/output_tokens'),
])

function costOf(rules: CostRules, type: string | undefined, text: string | Buffer, size = Infinity) {
  const cost = new AnswerCost(rules)
  cost.answered(200, { 'content-type': type })
  const bytes = Buffer.from(text as string)
  for (let at = 0; at < bytes.length; at += size) {
    // The piece is overwritten afterwards, as a connection does with its memory.
    const piece = Buffer.from(bytes.subarray(at, at + Math.min(size, bytes.length)))
    cost.read(piece)
    piece.fill(0x7b)
  }
  return cost.stated
}

const json = 'application/json; charset=utf-8'
const events = 'text/event-stream'

describe('a member of a JSON answer', () => {
  test.each([
    ['{"usage":{"total_tokens":42}}', 42],
    ['\n{ "id" : "x\\"usage\\\\" , "usage" : { "total_tokens" : 4.2e1 } }\n', 42],
    ['{"a":[{"usage":{"total_tokens":1}},[1,{"b":2}]],"usage":{"x":[],"total_tokens":0}}', 0],
    ['{"us\\u0061ge":{"total_tokens":7}}', 7],
    ['{"usage":{"total_tokens":1.5}}', 2],
  ])('is read: %s', (text, cost) => {
    for (const size of [1, 2, 3, 7, Infinity]) expect(costOf(total, json, text, size)).toBe(cost)
    expect(costOf(total, 'application/vnd.api+json', text)).toBe(cost)
  })

  test.each([
    ['is missing', '{"usage":{}}'],
    ['stands elsewhere', '{"choices":[{"usage":{"total_tokens":1}}],"total_tokens":1}'],
    ['is text', '{"usage":{"total_tokens":"1"}}'],
    ['is negative', '{"usage":{"total_tokens":-1}}'],
    ['is null', '{"usage":{"total_tokens":null}}'],
    ['is an object', '{"usage":{"total_tokens":{"total_tokens":1}}}'],
    ['is no number of JSON', '{"usage":{"total_tokens":01}}'],
    ['is infinite', '{"usage":{"total_tokens":1e999}}'],
    ['is larger than any count', '{"usage":{"total_tokens":1e300}}'],
    ['is NaN', '{"usage":{"total_tokens":NaN}}'],
    ['comes twice', '{"usage":{"total_tokens":1},"usage":{"total_tokens":5}}'],
    ['comes twice in one', '{"usage":{"total_tokens":1,"total_tokens":5}}'],
    ['is in an answer that ends early', '{"usage":{"total_tokens":1}'],
    ['is in two answers', '{"usage":{"total_tokens":1}}{"usage":{"total_tokens":1}}'],
    ['is quoted by the model', '{"text":"{\\"usage\\":{\\"total_tokens\\":1}}"}'],
    ['is in brackets that do not match', '{"usage":{"total_tokens":1]}'],
    ['is too deep to read past', `{"a":${'['.repeat(70)}${']'.repeat(70)},"usage":{"total_tokens":1}}`],
  ])('states nothing where it %s', (_, text) => {
    expect(costOf(total, json, text)).toBeUndefined()
  })

  test('states nothing in an answer of another type, or that is encoded', () => {
    expect(costOf(total, 'text/plain', '{"usage":{"total_tokens":1}}')).toBeUndefined()
    expect(costOf(total, undefined, '{"usage":{"total_tokens":1}}')).toBeUndefined()
    const cost = new AnswerCost(total)
    cost.answered(200, { 'content-type': json, 'content-encoding': 'gzip' })
    cost.read(Buffer.from('{"usage":{"total_tokens":1}}'))
    expect(cost.stated).toBeUndefined()
  })

  test('is found as a parser finds it, in any text and any pieces', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(1_000), fc.integer({ min: 1, max: 9 }), (other, tokens, size) => {
        const text = `{"text":${JSON.stringify(other)},"x":${other},"usage":{"o":${other},"total_tokens":${tokens}}}`
        expect(costOf(total, json, text, size)).toBe(tokens)
      }),
    )
  })
})

describe('a member of the last event that has it', () => {
  const openai = [
    'data: {"choices":[{"delta":{"content":"Hi"}}],"usage":null}',
    'data: {"choices":[],"usage":{"total_tokens":42}}',
    'data: [DONE]',
  ]
  const anthropic = [
    'event: message_start\r\ndata: {"type":"message_start","message":{"usage":{"input_tokens":25,"output_tokens":1}}}',
    ': ping',
    'event: content_block_delta\r\ndata: {"delta":{"text":"output_tokens"}}',
    'event: message_delta\r\ndata: {"type":"message_delta","usage":{"output_tokens":15}}',
    'event: message_stop\r\ndata: {"type":"message_stop"}',
  ]
  const stream = (all: string[], end = '\n') => all.map((each) => each + end + end).join('')

  test('is read, across pieces', () => {
    for (const size of [1, 5, 64, Infinity]) {
      expect(costOf(total, events, stream(openai), size)).toBe(42)
      // 25 at 0.2 each, and 15.
      expect(costOf(parts, events, stream(anthropic, '\r\n'), size)).toBe(20)
    }
  })

  test('counts up: what a server states on the way is replaced by more, and never by less', () => {
    const counts = [3, 8, 12].map((tokens) => `data: {"usage":{"total_tokens":${tokens}}}`)
    expect(costOf(total, events, stream(counts))).toBe(12)
    // An event of another kind, with a number at the same place, makes nothing cheaper.
    expect(
      costOf(total, events, stream([...counts, 'event: ping\ndata: {"usage":{"total_tokens":0}}'])),
    ).toBe(12)
  })

  test('may be on several lines', () => {
    expect(costOf(total, events, 'data: {"usage":\ndata: {"total_tokens":5}}\n\n')).toBe(5)
  })

  test.each([
    ['the event has not ended', 'data: {"usage":{"total_tokens":5}}\n'],
    ['one of several is missing in all events', stream(['data: {"message":{"usage":{}}}'])],
    ['the model wrote it', stream(['data: {"text":"{\\"usage\\":{\\"total_tokens\\":1}}"}'])],
    ['it is in another field of the event', stream(['id: {"usage":{"total_tokens":1}}'])],
    ['the event is no JSON', stream(['data: {"usage":{"total_tokens":1}'])],
    ['one event states it twice', stream(['data: {"usage":{"total_tokens":1,"total_tokens":5}}'])],
    ['it is negative', stream(['data: {"usage":{"total_tokens":-5}}'])],
    ['it is NaN', stream(['data: {"usage":{"total_tokens":NaN}}'])],
    ['it is larger than any count', stream([...openai, 'data: {"usage":{"total_tokens":1e300}}'])],
    ['the last is no number', stream([...openai, 'data: {"usage":{"total_tokens":"42"}}'])],
    ['the event is too long', `data: {"a":"${'x'.repeat(2 ** 20)}","usage":{"total_tokens":1}}\n\n`],
  ])('states nothing where %s', (_, text) => {
    expect(costOf(total, events, text)).toBeUndefined()
  })

  test('is read after an event that was too long', () => {
    const long = `data: ${'x'.repeat(2 ** 20)}\n\n`
    expect(costOf(total, events, long + stream(openai), 65_536)).toBe(42)
  })
})

describe('a sum', () => {
  const openai = rulesOf([
    counted('/usage/prompt_tokens'),
    counted('/usage/prompt_tokens_details/cached_tokens', -0.5, { isOptional: true }),
    counted('/usage/completion_tokens', 4),
  ])

  test('counts optional members that are there, and may subtract what another one includes', () => {
    const usage = (more: string) => `{"usage":{"prompt_tokens":100,"completion_tokens":10${more}}}`
    expect(costOf(openai, json, usage(''))).toBe(140)
    expect(costOf(openai, json, usage(',"prompt_tokens_details":null'))).toBe(140)
    expect(costOf(openai, json, usage(',"prompt_tokens_details":{"cached_tokens":null}'))).toBe(140)
    expect(costOf(openai, json, usage(',"prompt_tokens_details":{"cached_tokens":80}'))).toBe(100)
  })

  test('is never less than 0, and one with a number that is none states nothing', () => {
    const usage = (cached: string) =>
      `{"usage":{"prompt_tokens":1,"completion_tokens":0,"prompt_tokens_details":{"cached_tokens":${cached}}}}`
    expect(costOf(openai, json, usage('1000'))).toBe(0)
    for (const bad of ['-1', '"80"', '1e999', '80,"cached_tokens":80'])
      expect(costOf(openai, json, usage(bad))).toBeUndefined()
  })

  test('of several is the largest that the answer states', () => {
    const either = rulesOf([counted('/usage/total_tokens')], [counted('/response/usage/total_tokens')])
    expect(costOf(either, json, '{"usage":{"total_tokens":7}}')).toBe(7)
    const completed = 'event: response.completed\ndata: {"response":{"usage":{"total_tokens":9}}}\n\n'
    expect(costOf(either, events, completed)).toBe(9)
    expect(costOf(either, json, '{"usage":{"total_tokens":7},"response":{"usage":{"total_tokens":9}}}')).toBe(
      9,
    )
    expect(costOf(either, json, '{"usage":{}}')).toBeUndefined()
  })

  test('over an array of objects is read from the largest of them', () => {
    const gemini = rulesOf([counted('/usageMetadata/totalTokenCount')])
    const items = [4, 9].map(
      (count) => `{"candidates":[{"a":[1,2]}],"usageMetadata":{"totalTokenCount":${count}}}`,
    )
    for (const size of [1, 7, Infinity]) expect(costOf(gemini, json, `[${items.join(',\n')}]`, size)).toBe(9)
    expect(costOf(gemini, json, `[${items.join(',')}`)).toBeUndefined()
  })

  test('of the input is stated by a stream before its end, and by nothing else', () => {
    const start = 'data: {"message":{"usage":{"input_tokens":25,"output_tokens":1}}}\n\n'
    const stated = (type: string, text: string) => {
      const cost = new AnswerCost(parts)
      cost.answered(200, { 'content-type': type })
      cost.read(Buffer.from(text))
      return cost.statedInput
    }
    expect(stated(events, start)).toBe(5)
    expect(stated(events, 'data: {"message":{"usage":{}}}\n\n')).toBeUndefined()
    expect(stated(json, '{"message":{"usage":{"input_tokens":25}}')).toBeUndefined()
  })
})

describe('a field of the answer', () => {
  const rules: CostRules = { from: { kind: 'field', name: 'x-cost' }, reserve, free: new Set([429]) }
  const stated = (value: string | string[] | undefined, status = 200) => {
    const cost = new AnswerCost(rules)
    cost.answered(status, { 'x-cost': value })
    cost.read(Buffer.from('anything'))
    return cost.stated
  }

  test('states it as a whole number, once', () => {
    expect(stated('17')).toBe(17)
    for (const bad of ['', '-1', '1.5', '017', '1e3', '1, 2', '9007199254740993', ['1', '1'], undefined])
      expect(stated(bad)).toBeUndefined()
  })

  test('of a free status costs nothing without it', () => {
    expect([stated(undefined, 429), stated('3', 429), stated(undefined, 500)]).toEqual([0, 3, undefined])
  })
})
