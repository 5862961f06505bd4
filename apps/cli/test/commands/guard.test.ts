import { spawnSync } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { Agent, createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { statusListPath } from '@assay/protocol'
import { hasValkey, startValkey } from '@assay/testkit'
import { afterAll, describe, expect, test } from 'vitest'
import { createProgram } from '../../src/program/program.ts'
import { cli } from '../fake-service.ts'
import { startIssuer } from '../issuer.ts'

const good = [
  ...['guard', 'serve', '--issuer', 'http://127.0.0.1:9', '--audience', 'https://api.example.com'],
  ...['--app', 'com.example.app', '--tier', 'affirming', '--port', '0'],
]

/** Seconds: the guard's own. */
const clockTolerance = 10

async function serving(args: string[], env: Record<string, string> = {}) {
  const err = new PassThrough()
  const signals = new EventEmitter()
  const program = await createProgram({ out: new PassThrough(), err }, env, signals, args)
  const ended = program.parseAsync(args, { from: 'user' })
  const said = text(err)
  let heard = ''
  err.on('data', (chunk: Buffer) => (heard += chunk.toString()))
  const port = await new Promise<number>((resolve) => {
    err.on('data', (chunk: Buffer) => {
      const found = /Guard at http:\/\/127\.0\.0\.1:(\d+)/.exec(chunk.toString())?.[1]
      if (found !== undefined) resolve(Number(found))
    })
  })
  const stop = async () => {
    signals.emit('SIGTERM')
    await ended
    err.end()
    return said
  }
  return { port, stop, said: () => heard }
}

test('guard serve answers a gateway until it is stopped', async () => {
  const { port, stop } = await serving(good)
  const headers = { 'X-Original-Method': 'GET', 'X-Original-URI': '/v1/orders' }
  expect(await statusOf(port, headers)).toBe(401)
  expect(await statusOf(port, {})).toBe(500)
  expect(await stop()).toContain('TOKEN_MISSING {"method":"GET","path":"/v1/orders"}')
})

test('guard serve lets pages read refusals, and refuses what is no origin', async () => {
  const { port, stop } = await serving([...good, '--origin', 'https://app.example.com', '--credentials'])
  const headers = { 'X-Original-Method': 'GET', 'X-Original-URI': '/a', Origin: 'https://app.example.com' }
  const answer = await fetch(`http://127.0.0.1:${port}/`, { headers })
  expect(answer.status).toBe(401)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'access-control-allow-origin': 'https://app.example.com',
    'access-control-allow-credentials': 'true',
  })
  await stop()
  const usage = (...args: string[]) => cli([...good, ...args])
  expect((await usage('--origin', '*')).stderr).toContain('origins[0] must be a web origin')
  expect((await usage('--credentials')).stderr).toContain('origins must be given with credentials')
})

test('guard serve takes the kind of token that it is told, and logs a request with both', async () => {
  const { port, stop } = await serving([...good, '--token-kind', 'access'])
  const headers = { 'X-Original-Method': 'GET', 'X-Original-URI': '/v1/orders' }
  const both = { ...headers, Authorization: 'DPoP a.b.c', 'OAuth-Client-Attestation': 'a.b.c' }
  expect(await statusOf(port, both)).toBe(401)
  expect(await statusOf(port, headers)).toBe(401)
  const said = await stop()
  for (const code of ['TOKEN_KIND', 'TOKEN_MISSING'])
    expect(said).toContain(`${code} {"method":"GET","path":"/v1/orders"}`)
})

test('guard serve at a socket can be reached by its group and by nobody else', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'assay-guard-'))
  const socket = path.join(folder, 'guard.sock')
  const err = new PassThrough()
  const signals = new EventEmitter()
  const args = [...good, '--host', socket]
  const program = await createProgram({ out: new PassThrough(), err }, {}, signals, args)
  const ended = program.parseAsync(args, { from: 'user' })
  let said = ''
  err.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await expect.poll(() => said).toContain(`Guard at ${socket}`)
  expect((await stat(socket)).mode & 0o777).toBe(0o660)
  signals.emit('SIGTERM')
  await ended
  await rm(folder, { recursive: true })
})

test('guard serve says at its start under which name the service knows the API', async () => {
  const service = createServer((asked, answer) => {
    answer.statusCode = asked.url === statusListPath('https://api.example.com/') ? 200 : 404
    answer.end()
  }).listen(0, '127.0.0.1')
  await once(service, 'listening')
  const issuer = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  const { stop, said } = await serving([...good, '--issuer', issuer, '--status-list'])
  await expect.poll(said).toContain('STATUS_LIST_FAILED')
  expect(await stop()).toContain(
    'the API is registered as https://api.example.com/ and this guard has the audience https://api.example.com.',
  )
  service.close()
})

test.each([
  ['0', 204],
  ['100', 401],
])('guard serve refuses %s percent of callers, and logs the others too', async (share, status) => {
  const secret = Buffer.alloc(32, 7).toString('base64url')
  const { port, stop } = await serving([...good, '--enforce-share', share], { ASSAY_ROLLOUT_SECRET: secret })
  const headers = { 'X-Original-Method': 'GET', 'X-Original-URI': '/v1/orders', 'X-Real-IP': '192.0.2.1' }
  expect(await statusOf(port, headers)).toBe(status)
  expect(await stop()).toContain('TOKEN_MISSING')
})

test('guard serve stops though its gateway keeps connections busy', async () => {
  const { port, stop } = await serving(good)
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  let isOver = false
  const ask = async () => {
    for (;;) {
      const sent = request({ port, agent, headers: { 'X-Original-Method': 'GET', 'X-Original-URI': '/a' } })
      const answered = once(sent, 'response').then(([response]) => text(response as IncomingMessage))
      sent.end()
      const failed = await answered.then(
        () => false,
        () => true,
      )
      // Nobody listens any more.
      if (failed || isOver) return
    }
  }
  const asking = Promise.all(Array.from({ length: 16 }, ask))
  await wait(100)
  await stop()
  isOver = true
  await asking
  agent.destroy()
})

test('guard serve with nonces of its own says that no other process accepts them', async () => {
  const { stop } = await serving([...good, '--nonces'])
  expect(await stop()).toContain('Nonces are valid at this process alone: run one process, or give --valkey.')
})

describe('guard serve with --metrics-listen', () => {
  const gateway = { 'X-Original-Method': 'GET', 'X-Original-URI': '/v1/orders' }
  /** The guard, and where its metrics are. */
  const measured = async (args: string[] = [], env: Record<string, string> = {}) => {
    const { port, stop, said } = await serving([...good, ...args], env)
    const url = /Metrics at (http:\S+)\./.exec(said())?.[1] ?? ''
    return { port, stop, url }
  }

  test('serves what the guard decides, its version, and what promtool accepts', async () => {
    const { port, stop, url } = await measured(['--metrics-listen', '127.0.0.1:0'])
    await statusOf(port, gateway)
    await statusOf(port, gateway)
    const served = await (await fetch(url)).text()
    expect(served).toContain(
      'assay_guard_decisions_total{app="",tier="",outcome="refused",code="TOKEN_MISSING"} 2',
    )
    expect(served).toMatch(/^assay_guard_build_info\{version="\d+\.\d+\.\d+[^"]*"\} 1$/m)
    expect(served).toMatch(/^process_resident_memory_bytes \d+/m)
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: served, encoding: 'utf8' })
    if (checked.error === undefined || process.env['ASSAY_REQUIRE_ALL'] === '1')
      expect(checked).toMatchObject({ status: 0, stdout: '', stderr: '' })
    for (const file of ['grafana-board.json', 'alerts.yml']) {
      const text = readFileSync(new URL(`../../../../deploy/observability/${file}`, import.meta.url), 'utf8')
      const named = [...text.matchAll(/\bassay_guard_[a-z_]+/g)].map(([name]) => name)
      expect(named.length).toBeGreaterThan(0)
      // The service has not answered yet: nothing is known of its clock.
      for (const name of named) expect(served).toMatch(new RegExp(`^(?:# TYPE )?${name}[ {]`, 'm'))
    }
    await stop()
    await expect(fetch(url)).rejects.toThrow()
  })

  test('serves them under the names that are given, and nothing else', async () => {
    const env = { ASSAY_METRICS_LISTEN: '127.0.0.1:0', ASSAY_METRICS_NAMES: 'guard-1.internal, guard-1' }
    const { stop, url } = await measured([], env)
    const port = Number(new URL(url).port)
    const metrics = (host: string) => statusOf(port, { host }, '/metrics')
    expect(await metrics('guard-1:9465')).toBe(200)
    expect(await metrics('attacker.example')).toBe(421)
    expect(await statusOf(port, { host: 'guard-1', ...gateway }, '/')).toBe(404)
    await stop()
  })

  test('does not start where nothing can listen, or where the address is none', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    for (const [args, expected] of [
      [['--metrics-listen', `127.0.0.1:${port}`], `Nothing can listen at 127.0.0.1, port ${port}`],
      [['--metrics-listen', '9464'], '--metrics-listen is not HOST:PORT'],
      [['--metrics-name', 'guard-1'], 'no --metrics-listen for it'],
    ] as const) {
      const { status, stderr } = await cli([...good, ...args])
      expect(status).toBe(2)
      expect(stderr).toContain(expected)
    }
    taken.close()
  })
})

const valkey = hasValkey() ? await startValkey() : undefined
afterAll(() => valkey?.stop())

test('needs Valkey where everything is required', () => {
  if (valkey === undefined) expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
})

describe.skipIf(valkey === undefined)('guard serve with Valkey', () => {
  const url = () => valkey?.url ?? ''

  test('lets a proof pass once at two processes', async () => {
    const { issuer, genuine, close } = await anIssuer()
    const args = [...withIssuer(issuer), '--valkey', url()]
    const [one, other] = [await serving(args), await serving(args)]
    // What could have passed before it began to remember would be refused.
    await wait(1_100)
    const headers = await genuine()
    expect(await statusOf(one.port, headers)).toBe(204)
    expect(await statusOf(other.port, headers)).toBe(401)
    expect(await statusOf(other.port, await genuine())).toBe(204)
    for (const each of [one, other]) expect(await each.stop()).not.toContain('valid once per process')
    await close()
  })

  test('is what makes that so: without it the same proof passes at both', async () => {
    const { issuer, genuine, close } = await anIssuer()
    const args = withIssuer(issuer)
    const [one, other] = [await serving(args), await serving(args)]
    const headers = await genuine()
    for (const each of [one, other]) expect(await statusOf(each.port, headers)).toBe(204)
    const expected = 'A proof is valid once per process: run one process, or give --valkey.'
    for (const each of [one, other]) expect(await each.stop()).toContain(expected)
    await close()
  })

  test('does not start without it, and says nothing of its password', async () => {
    const away = 'valkey://assay:a-secret-word@127.0.0.1:1'
    const { status, stderr } = await cli([...good, '--valkey', away])
    expect({
      status,
      isReported: stderr.includes('Valkey does not answer [CLI_VALKEY_UNREACHABLE]'),
    }).toEqual({
      status: 3,
      isReported: true,
    })
    expect(stderr).not.toContain('a-secret-word')
  })

  test('does not start over one that may forget', async () => {
    await valkey?.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
    const { status, stderr } = await cli([...good, '--valkey', url()])
    await valkey?.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
    expect(status).toBe(2)
    expect(stderr).toContain('noeviction')
  })
})

test.each([
  ['a Valkey that is no URL', ['--valkey', 'localhost'], '--valkey must be'],
  ['an empty Valkey', ['--valkey', ''], '--valkey is empty'],
  ['a tier that there is not', ['--tier', 'none'], 'tiers[1] must be'],
  ['an audience that is no URL', ['--audience', 'api'], 'audience must be'],
  ['a gateway that nobody knows', ['--gateway', 'apache'], '--gateway must be one of: nginx, caddy'],
  [
    'a gateway that it does not know',
    ['--gateway', 'kong'],
    '--gateway must be one of: nginx, caddy, haproxy, envoy, traefik, apisix',
  ],
  ['a share of more than all', ['--enforce-share', '101'], '--enforce-share must be from 0 to 100'],
  ['a share without a secret', ['--enforce-share', '10'], 'ASSAY_ROLLOUT_SECRET must be'],
])('guard serve refuses %s', async (_, more, message) => {
  const { status, stderr } = await cli([...good, ...more])
  expect(status).toBe(2)
  expect(stderr).toContain(message)
})

function statusOf(port: number, headers: Record<string, string>, path = '/'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path, headers, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .once('error', reject)
      .end()
  })
}

const withIssuer = (issuer: string) => good.map((word) => (word === 'http://127.0.0.1:9' ? issuer : word))

/** An issuer, and the fields with which a gateway asks about genuine requests, each with a proof of its own. */
async function anIssuer() {
  const { fields, ...rest } = await startIssuer('https://api.example.com')
  return {
    ...rest,
    async genuine() {
      // As late as a clock may be ahead: Valkey has begun to remember before it could pass.
      const sent = await fields('GET', '/v1/orders', clockTolerance)
      return { 'X-Original-Method': 'GET', 'X-Original-URI': '/v1/orders', ...sent }
    },
  }
}
