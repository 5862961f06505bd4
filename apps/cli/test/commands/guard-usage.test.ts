import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSocket, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { hasValkey, startValkey } from '@assay/testkit'
import { afterEach, describe, expect, test } from 'vitest'
import { createProgram } from '../../src/program/program.ts'
import { cli } from '../fake-service.ts'
import { startIssuer } from '../issuer.ts'

const audience = 'https://llm.example'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A model that bills what the request asks for, a proxy in front of it, and its configuration. */
async function world() {
  const folder = mkdtempSync(path.join(tmpdir(), 'assay-usage-'))
  closing.push(() => rmSync(folder, { recursive: true }))
  const issuer = await startIssuer(audience)
  closing.push(() => issuer.close())
  const upstream = createServer((request, response) => {
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ usage: { total_tokens: 7 } }))
    request.resume()
  }).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  closing.push(() => upstream.close())
  const file = path.join(folder, 'proxy.yaml')
  writeFileSync(
    file,
    `
issuer: ${issuer.issuer}
audience: ${audience}
apps: [com.example.app]
tiers: [affirming]
routes:
  - name: messages
    methods: [POST]
    path: /v1/messages
    upstream: http://127.0.0.1:${(upstream.address() as AddressInfo).port}
    inject: { fields: { x-api-key: { environment: KEY } } }
    meter:
      installation: { requests: [3/day], cost: [1000/day] }
      cost: { member: /usage/total_tokens, reserve: { units: 100 } }
`,
  )
  const call = async (url: string) => {
    // As far ahead as the guard tolerates: Valkey, when new, refuses what could have passed before it.
    const headers = await issuer.fields('POST', '/v1/messages', 10)
    const answer = await fetch(`${url}/v1/messages`, { method: 'POST', headers, body: '{}' })
    await answer.text()
    return answer
  }
  return { folder, file, call, socket: path.join(folder, 'usage') }
}

async function serving(...args: string[]) {
  const err = new PassThrough()
  const signals = new EventEmitter()
  const words = ['guard', 'proxy', '--port', '0', ...args]
  const program = await createProgram(
    { out: new PassThrough(), err },
    { KEY: 'sk-0123456789' },
    signals,
    words,
  )
  const ended = program.parseAsync(words, { from: 'user' })
  let heard = ''
  const url = await new Promise<string>((resolve, reject) => {
    ended.catch(reject)
    err.on('data', (chunk: Buffer) => {
      heard += chunk.toString()
      const found = /Proxy at (http:\S+)\./.exec(heard)?.[1]
      if (found !== undefined) resolve(found)
    })
  })
  closing.push(async () => {
    signals.emit('SIGTERM')
    await ended
  })
  return url
}

const row = { route: 'messages', app: 'com.example.app', installation: 'pseudonym', open: 0 }
const usage = async (...args: string[]) => {
  const { stdout, stderr, status } = await cli(['guard', 'usage', '--json', ...args])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return JSON.parse(stdout) as unknown
}

test('guard usage asks the proxy at a socket of this user alone', async () => {
  const { file, socket, call } = await world()
  const url = await serving(file, '--usage-socket', socket)
  expect(statSync(socket).mode & 0o777).toBe(0o600)
  expect(await usage('--usage-socket', socket)).toEqual({ installations: [] })
  for (let i = 0; i < 2; i += 1) expect((await call(url)).status).toBe(200)
  const third = await call(url)
  expect([third.status, third.headers.get('ratelimit')]).toEqual([
    200,
    expect.stringMatching(/^"per-day";r=0;/),
  ])
  const refused = await call(url)
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await refused.json().catch(() => 'read')).toBe('read')
  const shown = { installations: [{ ...row, requests: 3, cost: 21 }] }
  expect(await usage('--usage-socket', socket, '--top', '20')).toEqual(shown)
  const { stdout } = await cli(['guard', 'usage', '--usage-socket', socket])
  expect(stdout).toMatch(
    /^COST +REQUESTS +OPEN +ROUTE +APP +INSTALLATION\n.*\n21 +3 +0 +messages .*pseudonym\n$/,
  )
})

describe('the socket', () => {
  test('of a proxy that was killed is taken over; that of another one is not', async () => {
    const { file, socket } = await world()
    await serving(file, '--usage-socket', socket)
    const other = ['--port', '0', '--usage-socket', socket, '--journal', `${socket}.journal`]
    const taken = await cli(['guard', 'proxy', file, ...other], { KEY: 'sk-0123456789' })
    expect([taken.status, taken.stderr]).toEqual([2, expect.stringContaining('Another process listens')])
    const left = `${socket}-left`
    const dead = createSocket().listen(left)
    await once(dead, 'listening')
    // Closed without its file being removed, as by a kill.
    writeFileSync(`${left}-marker`, '')
    dead.close()
    await serving(file, '--usage-socket', left, '--journal', `${left}.journal`)
    expect(await usage('--usage-socket', left)).toEqual({ installations: [] })
  })

  test('is no other file, and without a proxy nothing is shown', async () => {
    const { file, folder, socket } = await world()
    const args = ['guard', 'proxy', file, '--port', '0', '--usage-socket', file]
    const other = await cli(args, { KEY: 'sk-0123456789' })
    expect([other.status, other.stderr]).toEqual([2, expect.stringContaining('is a file, and no socket')])
    const none = await cli(['guard', 'usage', '--usage-socket', socket])
    expect([none.status, none.stderr]).toEqual([3, expect.stringContaining('[CLI_PROXY_UNREACHABLE]')])
    for (const wrong of [
      [],
      [file],
      ['--valkey', 'valkey://127.0.0.1:1'],
      ['--top', '0', '--usage-socket', folder],
    ])
      expect((await cli(['guard', 'usage', ...wrong])).status).toBe(2)
    const many = [
      'guard',
      'proxy',
      file,
      '--workers',
      '2',
      '--valkey',
      'valkey://127.0.0.1:1',
      '--usage-socket',
      socket,
    ]
    expect((await cli(many, { KEY: 'sk-0123456789' })).stderr).toContain(
      '--usage-socket is that of one process',
    )
  })
})

test('needs Valkey where everything is required', () => {
  if (!hasValkey()) expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
})

test.skipIf(!hasValkey())('two proxies over Valkey count together, and guard usage asks it', async () => {
  const valkey = await startValkey()
  closing.push(() => valkey.stop())
  const { file, call } = await world()
  const shared = ['--valkey', valkey.url]
  const [one, other] = [await serving(file, ...shared), await serving(file, ...shared)]
  // What could have passed before it began to remember would be refused.
  await wait(1_100)
  const statuses = []
  for (const url of [one, other, one, other, one]) statuses.push((await call(url)).status)
  expect(statuses).toEqual([200, 200, 200, 429, 429])
  await expect
    .poll(() => usage(file, ...shared))
    .toEqual({ installations: [{ ...row, requests: 3, cost: 21 }] })
})
