import { spawn, spawnSync } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort, hasValkey, startValkey } from '@assay/testkit'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { createProgram } from '../../src/program/program.ts'
import { cli } from '../fake-service.ts'
import { startIssuer } from '../issuer.ts'

const audience = 'https://llm.example'
const secret = 'sk-upstream-0123456789'
/** Seconds: the guard's own. */
const clockTolerance = 10

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function anUpstream() {
  const received: { url: string | undefined; key: unknown }[] = []
  const server = createServer((request, response) => {
    received.push({ url: request.url, key: request.headers['x-api-key'] })
    response.end('served')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

async function serving(args: string[], env: Record<string, string> = {}) {
  const err = new PassThrough()
  const signals = new EventEmitter()
  const words = ['guard', 'proxy', '--port', '0', ...args]
  const program = await createProgram({ out: new PassThrough(), err }, env, signals, words)
  const ended = program.parseAsync(words, { from: 'user' })
  const said = text(err)
  let heard = ''
  const url = await new Promise<string>((resolve, reject) => {
    ended.catch(reject)
    err.on('data', (chunk: Buffer) => {
      heard += chunk.toString()
      const found = /Proxy at (http:\S+)\./.exec(heard)?.[1]
      if (found !== undefined) resolve(found)
    })
  })
  return {
    url,
    said: () => heard,
    async stop() {
      signals.emit('SIGTERM')
      await ended
      err.end()
      return said
    },
  }
}

const flags = (issuer: string, upstream: string) => [
  ...['--issuer', issuer, '--audience', audience, '--app', 'com.example.app', '--tier', 'affirming'],
  ...['--upstream', upstream, '--inject', 'x-api-key: $KEY', '--route', 'POST /v1/messages'],
]

test('guard proxy serves what the flags say: the app has no secret, the upstream gets it', async () => {
  const issuer = await startIssuer(audience)
  closing.push(() => issuer.close())
  const upstream = await anUpstream()
  const { url, stop } = await serving(flags(issuer.issuer, upstream.url), { KEY: secret })
  const call = async (headers: Record<string, string>) =>
    (await fetch(`${url}/v1/messages`, { method: 'POST', body: '{}', headers })).status
  expect(await call({})).toBe(401)
  const fields = await issuer.fields('POST', '/v1/messages')
  expect(await call(fields)).toBe(200)
  expect(await call(fields)).toBe(401)
  expect(upstream.received).toEqual([{ url: '/v1/messages', key: secret }])
  const said = await stop()
  expect(said).toContain('TOKEN_MISSING {"method":"POST","path":"/v1/messages","route":"route-1"}')
  expect(said).toContain('PROOF_REPLAYED')
  expect(said).not.toContain(secret)
})

test('guard proxy serves what a file says, and tells probes and Prometheus how it is', async () => {
  const issuer = await startIssuer(audience)
  closing.push(() => issuer.close())
  const upstream = await anUpstream()
  const folder = mkdtempSync(path.join(tmpdir(), 'assay-proxy-'))
  closing.push(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'proxy.yaml')
  writeFileSync(path.join(folder, 'key'), `${secret}\n`)
  writeFileSync(file, fileFor(issuer.issuer, upstream.url, path.join(folder, 'key')))
  const { url, stop, said: heard } = await serving([file, '--metrics-listen', '127.0.0.1:0'])
  const beside = /Metrics at (http:\S+)\/metrics\./.exec(heard())?.[1] ?? ''
  for (const probe of ['/livez', '/readyz']) expect((await fetch(beside + probe)).status).toBe(200)
  const fields = await issuer.fields('GET', '/v1/models')
  expect((await fetch(`${url}/v1/models`, { headers: fields })).status).toBe(200)
  expect(
    (await fetch(`${url}/v1/models`, { headers: await issuer.fields('GET', '/v1/models') })).status,
  ).toBe(429)
  expect((await fetch(`${url}/v1/away`, { headers: await issuer.fields('GET', '/v1/away') })).status).toBe(
    502,
  )
  const served = await (await fetch(`${beside}/metrics`)).text()
  expect(served).toContain('assay_proxy_requests_total{route="models",outcome="served",code=""} 1')
  expect(served).toContain(
    'assay_proxy_requests_total{route="models",outcome="refused",code="METER_EXCEEDED"} 1',
  )
  expect(served).toContain(
    'assay_proxy_requests_total{route="away",outcome="malfunction",code="PROXY_UPSTREAM_UNREACHABLE"} 1',
  )
  expect(served).toContain('assay_proxy_upstream_seconds_count{route="models",status="200"} 1')
  expect(served).toMatch(/^assay_guard_decisions_total\{app="com.example.app".*\} 3$/m)
  const checked = spawnSync('promtool', ['check', 'metrics'], { input: served, encoding: 'utf8' })
  if (checked.error === undefined || process.env['ASSAY_REQUIRE_ALL'] === '1')
    expect(checked).toMatchObject({ status: 0, stdout: '', stderr: '' })
  for (const file of ['grafana-board.json', 'alerts.yml']) {
    const text = readFileSync(new URL(`../../../../deploy/observability/${file}`, import.meta.url), 'utf8')
    const named = [...text.matchAll(/\bassay_proxy_[a-z_]+/g)].map(([name]) => name)
    expect(named.length).toBeGreaterThan(0)
    // A budget has a number once a route has one.
    for (const name of named)
      expect(served).toMatch(new RegExp(`^${name.includes('budget') ? '# TYPE ' : ''}${name}[ {]`, 'm'))
  }
  const said = await stop()
  expect(said).toContain('METER_EXCEEDED')
  expect(said).toContain('requests of installation: 1 in 86400 s')
})

function fileFor(issuer: string, upstream: string, key: string): string {
  return `
issuer: ${issuer}
audience: ${audience}
apps: [com.example.app]
tiers: [affirming]
routes:
  - name: models
    methods: [GET]
    path: /v1/models
    upstream: ${upstream}
    inject: { fields: { x-api-key: { file: ${key} } } }
    meter: { installation: { requests: [1/day] } }
  - name: away
    methods: [GET]
    path: /v1/away
    upstream: http://127.0.0.1:1
    inject: { fields: { x-api-key: { file: ${key} } } }
`
}

describe('guard proxy does not start', () => {
  const good = flags('http://127.0.0.1:9', 'http://127.0.0.1:9')
  test.each([
    ['without a route', good.slice(0, -2), {}, 'neither a configuration file nor a --route'],
    ['without the secret', good, {}, '[PROXY_CONFIG_SECRET]'],
    ['with an empty secret', good, { KEY: '' }, '[PROXY_CONFIG_SECRET]'],
    ['with the secret itself', [...good, '--inject', `x: ${secret}`], { KEY: secret }, '--inject must name'],
    [
      'over plain http',
      flags('http://127.0.0.1:9', 'http://api.example'),
      { KEY: secret },
      '[PROXY_CONFIG_UPSTREAM]',
    ],
    [
      'with an audience that is none',
      [...good, '--audience', 'llm'],
      { KEY: secret },
      '[PROXY_CONFIG_GUARD]',
    ],
    [
      'with two workers and no Valkey',
      [...good, '--workers', '2'],
      { KEY: secret },
      '--workers needs --valkey',
    ],
    [
      'with a file and flags',
      ['proxy.yaml', ...good],
      { KEY: secret },
      'configuration file says what --issuer says',
    ],
    ['with a file that there is not', ['no-such.yaml'], {}, '[CLI_FILE_UNREADABLE]'],
  ])('%s', async (_, args, env, message) => {
    const { status, stderr } = await cli(['guard', 'proxy', ...args], env)
    expect({ status, says: stderr.includes(message) }, stderr).toEqual({ status: 2, says: true })
    expect(stderr).not.toContain(secret)
  })
})

const valkey = hasValkey() ? await startValkey() : undefined
afterAll(() => valkey?.stop())

test('needs Valkey where everything is required', () => {
  if (valkey === undefined) expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
})

test.skipIf(valkey === undefined)(
  'two workers are one proxy: a proof passes once, metrics are merged, and both end together',
  async () => {
    const issuer = await startIssuer(audience)
    closing.push(() => issuer.close())
    const upstream = await anUpstream()
    const [port, beside] = [await freePort(), await freePort()]
    const shared = ['--workers', '2', '--valkey', valkey?.url ?? '', '--port', String(port)]
    const bin = fileURLToPath(new URL('../../bin/assay.js', import.meta.url))
    const proxy = spawn(
      process.execPath,
      [
        ...[bin, 'guard', 'proxy', ...flags(issuer.issuer, upstream.url), ...shared],
        ...['--metrics-listen', `127.0.0.1:${beside}`],
      ],
      { env: { ...process.env, KEY: secret }, stdio: 'ignore' },
    )
    const ended = once(proxy, 'exit')
    closing.push(() => proxy.kill('SIGKILL'))
    const probe = async (path: string) => fetch(`http://127.0.0.1:${beside}${path}`)
    await expect
      .poll(async () =>
        probe('/readyz').then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200)
    // What could have passed before Valkey began to remember would be refused.
    await wait(1_100)
    const headers = await issuer.fields('POST', '/v1/messages', clockTolerance)
    const call = async () =>
      (await fetch(`http://127.0.0.1:${port}/v1/messages`, { method: 'POST', body: '{}', headers })).status
    const statuses = await Promise.all(Array.from({ length: 8 }, call))
    expect(statuses.sort()).toEqual([200, ...Array.from({ length: 7 }, () => 401)])
    expect(upstream.received).toHaveLength(1)
    const merged = await (await probe('/metrics')).text()
    expect(merged).toContain(
      'assay_proxy_requests_total{route="route-1",outcome="refused",code="PROOF_REPLAYED"} 7',
    )
    proxy.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  },
)
