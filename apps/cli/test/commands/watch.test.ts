import { EventEmitter } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { problems } from '@assay/protocol/codes'
import { run } from '../../src/program/run.ts'

const at = '2026-11-27T10:00:00.000Z'
const passed = { trace: 't1', at, app: 'com.example.app', build: '1', outcome: 'result', code: null }
const denied = { ...passed, trace: 't2', outcome: 'denied', code: 'SOFTWARE_SEGMENT_MISMATCH' }
const hostile = { ...denied, trace: 't3', build: '\u001b]0;owned\u0007\n<img src=x onerror=alert(1)>' }

let close = () => {}
afterEach(() => close())

type Answer = (response: http.ServerResponse, attempt: number) => void

/** A service whose stream `answer` writes; `attempt` counts from 1. */
async function watching(answer: Answer, ...options: string[]) {
  let attempts = 0
  const received: http.IncomingMessage[] = []
  const server = http.createServer((request, response) => {
    received.push(request)
    answer(response, ++attempts)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () => void server.close()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const signals = new EventEmitter()
  const [out, err] = [new PassThrough(), new PassThrough()]
  const written = { out: '', err: '' }
  out.on('data', (chunk: Buffer) => (written.out += chunk.toString()))
  err.on('data', (chunk: Buffer) => (written.err += chunk.toString()))
  const ended = run(
    ['attestation', 'watch', '--server', url, ...options],
    { out, err },
    { ASSAY_API_KEY: 'a-key' },
    signals,
  )
  return { received, written, ended, stop: () => signals.emit('SIGINT') }
}

const begin = (response: http.ServerResponse) =>
  response.writeHead(200, { 'content-type': 'text/event-stream' })
const event = (batch: object) =>
  `data: ${JSON.stringify({ outcomes: [], left_out: 0, nodes: 'all', ...batch })}\n\n`
const batch = (...outcomes: object[]) => event({ outcomes })

test('attestation watch shows each outcome once as it comes, until Ctrl-C', async () => {
  const watch = await watching((response) => {
    begin(response).write(batch(passed))
    // In pieces, as a network may cut it.
    const [one, other] = [batch(passed, denied).slice(0, 30), batch(passed, denied).slice(30)]
    response.write(one)
    setImmediate(() => response.write(other))
  })
  await expect.poll(() => watch.written.out).toContain('t2')
  watch.stop()
  expect(await watch.ended).toBe(0)
  expect(watch.written.out).toBe(
    `${at}  passed       -  com.example.app  1  t1\n${at}  denied       SOFTWARE_SEGMENT_MISMATCH  com.example.app  1  t2\n`,
  )
  expect(watch.received[0]).toMatchObject({ url: '/v1/outcomes', headers: { authorization: 'Bearer a-key' } })
})

test('it says when only one node is left, when all are there again, and what was left out', async () => {
  const watch = await watching((response) => {
    begin(response).write(event({ outcomes: [passed], nodes: 'this' }))
    response.write(event({ nodes: 'this', left_out: 3 }))
    response.write(event({}))
  })
  await expect.poll(() => watch.written.err).toContain('All nodes')
  watch.stop()
  await watch.ended
  expect(watch.written.err).toBe(
    `From here on only one node: the database does not answer.
3 more came too fast to be shown one by one.
All nodes again.
`,
  )
})

test('with --json each line is an outcome, and a filter leaves the others out', async () => {
  const watch = await watching(
    (response) => void begin(response).write(batch(passed, denied)),
    '--json',
    '--outcome',
    'denied',
  )
  await expect.poll(() => watch.written.out).toContain('t2')
  watch.stop()
  await watch.ended
  expect(JSON.parse(watch.written.out)).toEqual(denied)
})

test('a terminal obeys nothing of what a device sent', async () => {
  const watch = await watching((response) => void begin(response).write(batch(hostile)))
  await expect.poll(() => watch.written.out).toContain('t3')
  watch.stop()
  await watch.ended
  expect(watch.written.out.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
})

test('what is refused ends it with the code of the service', async () => {
  const watch = await watching((response) => {
    response.writeHead(401, { 'content-type': 'application/problem+json' })
    response.end(JSON.stringify({ code: 'unauthorized', ...problems.unauthorized }))
  })
  expect(await watch.ended).toBe(1)
  expect(watch.written.err).toContain('[unauthorized]')
})

test('an answer that is no stream is not taken for one', async () => {
  const watch = await watching((response) => void response.end('{}'))
  expect(await watch.ended).not.toBe(0)
  expect(watch.written.err).toContain('[CLI_SERVICE_ANSWER]')
})
