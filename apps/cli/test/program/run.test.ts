import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { ProblemCode } from '@assay/protocol'
import { problems } from '@assay/protocol/codes'
import { exampleApp, exampleBuild } from '../examples.ts'
import { cli, fakeService } from '../fake-service.ts'

const key = { ASSAY_API_KEY: 'a-key-that-must-not-be-shown' }
let folder = ''
let close: (() => Promise<unknown>) | undefined

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'assay-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(async () => {
  await close?.()
  close = undefined
})

async function service(answer: Parameters<typeof fakeService>[0]) {
  const fake = await fakeService(answer)
  close = fake.close
  return fake
}

const problem = (code: ProblemCode, more = {}) => ({
  status: problems[code].status,
  body: { code, ...problems[code], ...more },
})

const app = exampleApp({ probes: ['js.natives'] })

test('app add sends what was given, with the key, and prints what was registered', async () => {
  const fake = await service(() => ({ status: 201, body: app }))
  const done = await cli(
    ['app', 'add', 'com.example.app', '--platform', 'android', '--name', 'Example', '--server', fake.url],
    key,
  )
  expect(done.status).toBe(0)
  expect(done.stdout).toContain('com.example.app')
  expect(fake.seen[0]).toMatchObject({ method: 'POST', url: '/v1/apps' })
  expect(fake.seen[0]?.headers.authorization).toBe(`Bearer ${key.ASSAY_API_KEY}`)
  expect(JSON.parse(fake.seen[0]?.body.toString() ?? '')).toEqual({
    id: 'com.example.app',
    platform: 'android',
    name: 'Example',
  })
})

test.each<[string[], unknown]>([
  [['--probe', 'js.natives', 'js.crypto'], { probes: ['js.natives', 'js.crypto'] }],
  [['--no-probe'], { probes: [] }],
  [['--name', 'Example'], { name: 'Example' }],
])('app update %s changes the probes as asked, and nothing else', async (options, body) => {
  const fake = await service(() => ({ status: 200, body: app }))
  const done = await cli(['app', 'update', app.id, ...options, '--server', fake.url], key)
  expect(done.status).toBe(0)
  expect(done.stdout).toContain('js.natives')
  expect(fake.seen[0]).toMatchObject({ method: 'PATCH', url: `/v1/apps/${app.id}` })
  expect(JSON.parse(fake.seen[0]?.body.toString() ?? '')).toEqual(body)
})

test('--json prints one JSON document and nothing else', async () => {
  const fake = await service(() => ({ status: 200, body: { apps: [app] } }))
  const done = await cli(['app', 'list', '--json'], { ...key, ASSAY_URL: fake.url })
  expect(JSON.parse(done.stdout)).toEqual([app])
  expect(done.stderr).toBe('')
})

test('build add streams the file as it is', async () => {
  const file = path.join(folder, 'a.apk')
  writeFileSync(file, Buffer.alloc(3_000_000, 7))
  const build = exampleBuild({ debuggable: true, warnings: ['debuggable'] })
  const fake = await service(() => ({ status: 201, body: build }))
  const done = await cli(
    ['build', 'add', file, '--app', app.id, '--allow-debuggable', '--server', fake.url],
    key,
  )
  expect(done.status).toBe(0)
  expect(done.stderr).toContain('warning: the build is debuggable')
  expect(fake.seen[0]?.url).toBe(`/v1/apps/${app.id}/builds?allow_debuggable=true`)
  expect(fake.seen[0]?.headers['content-length']).toBe('3000000')
  expect(fake.seen[0]?.headers['content-type']).toBe('application/vnd.android.package-archive')
  expect(fake.seen[0]?.body.equals(Buffer.alloc(3_000_000, 7))).toBe(true)
})

test('build add sends a folder as a ZIP, and wants an id for it', async () => {
  writeFileSync(path.join(folder, 'main.js'), 'alert(1)')
  const build = exampleBuild({ app: 'web', format: 'web' })
  const fake = await service(({ method }) =>
    method === 'GET' ? { status: 200, body: { builds: [build] } } : { status: 201, body: build },
  )
  const without = await cli(['build', 'add', folder, '--app', 'web', '--server', fake.url], key)
  expect(without).toMatchObject({ status: 2, stderr: expect.stringContaining('CLI_USAGE') })
  const done = await cli(['build', 'add', folder, '--app', 'web', '--id', '1', '--server', fake.url], key)
  expect(done.status).toBe(0)
  expect(fake.seen[0]?.headers['content-type']).toBe('application/zip')
  expect(fake.seen[0]?.body.subarray(0, 2).toString()).toBe('PK')
})

test('build add warns of a folder that is registered as another build', async () => {
  writeFileSync(path.join(folder, 'main.js'), 'alert(1)')
  const build = exampleBuild({ app: 'web', format: 'web', id: '2' })
  const before = { ...build, id: '1' }
  const fake = await service(({ method }) =>
    method === 'GET' ? { status: 200, body: { builds: [before, build] } } : { status: 201, body: build },
  )
  const done = await cli(['build', 'add', folder, '--app', 'web', '--id', '2', '--server', fake.url], key)
  expect(done).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('registered as build 1') as string,
  })
})

test('a refusal shows the code and the way out, and exits with 1', async () => {
  const fake = await service(() =>
    problem('build_refused', { reason: 'ZIP_TRUNCATED', trace: 'A'.repeat(22) }),
  )
  const file = path.join(folder, 'a.apk')
  const done = await cli(['build', 'add', file, '--app', app.id, '--server', fake.url], key)
  expect(done.status).toBe(1)
  expect(done.stderr).toContain('[build_refused]')
  expect(done.stderr).toContain('ZIP_TRUNCATED')
  expect(done.stderr).toContain('assay inspect')
})

test.each(['rate_limited', 'dry_run_running'] as const)(
  '%s exits with 3: it may be repeated',
  async (code) => {
    const fake = await service(() => problem(code, {}))
    const done = await cli(['app', 'list', '--server', fake.url], key)
    expect(done.status).toBe(3)
    expect(done.stderr).toContain(`[${code}]`)
  },
)

test('with --json an error is JSON too', async () => {
  const fake = await service(() =>
    problem('request_invalid', { errors: [{ pointer: '/id', code: 'invalid_format' }] }),
  )
  const done = await cli(
    ['app', 'add', 'com example', '--platform', 'web', '--server', fake.url, '--json'],
    key,
  )
  expect(done.status).toBe(1)
  expect(JSON.parse(done.stderr)).toMatchObject({
    error: { code: 'request_invalid', message: expect.stringContaining('/id') },
  })
})

test.each<[string, readonly string[], Record<string, string>, number, string]>([
  ['no API key', ['app', 'list'], {}, 2, 'CLI_NO_API_KEY'],
  ['an empty API key', ['app', 'list'], { ASSAY_API_KEY: ' ' }, 2, 'CLI_NO_API_KEY'],
  [
    'a key file that is not there',
    ['app', 'list', '--api-key-file', '/nowhere/key'],
    {},
    2,
    'CLI_FILE_UNREADABLE',
  ],
  ['a server that is no URL', ['app', 'list', '--server', 'x'], key, 2, 'CLI_USAGE'],
  [
    'a server that does not listen',
    ['app', 'list', '--server', 'http://127.0.0.1:1'],
    key,
    3,
    'CLI_SERVICE_UNREACHABLE',
  ],
  [
    'a build that is not there',
    ['build', 'add', '/nowhere/a.apk', '--app', 'a.b.c'],
    key,
    2,
    'CLI_FILE_UNREADABLE',
  ],
  ['serve without a data folder', ['serve', '--data', '/nowhere/data'], {}, 2, 'CLI_FILE_UNREADABLE'],
  [
    'init over a folder that is a file',
    ['init', '--data', import.meta.filename, '--sealing-key-file', '/nowhere/key'],
    {},
    2,
    'CLI_FILE_UNREADABLE',
  ],
  [
    'a sealing key inside the data folder',
    ['init', '--data', '/tmp', '--sealing-key-file', '/tmp/a/key'],
    {},
    2,
    'CLI_KEY_FILE',
  ],
])('%s is reported', async (_name, args, env, status, code) => {
  const done = await cli(args, env)
  expect(done.status).toBe(status)
  expect(done.stderr).toContain(`[${code}]`)
})

test.each([
  ['an unknown command', ['nonsense']],
  ['a missing option', ['app', 'add', 'com.example.app']],
  ['a platform that is none', ['app', 'add', 'a.b.c', '--platform', 'x']],
  ['a number that is none', ['app', 'add', 'a.b.c', '--platform', 'web', '--min-version-code', 'x']],
])('%s exits with 2 and points to --help', async (_name, args) => {
  const done = await cli(args, key)
  expect(done.status).toBe(2)
  expect(done.stderr).toContain('[CLI_USAGE]')
  expect(done.stderr).toContain('--help')
  const asJson = await cli([...args, '--json'], key)
  expect(JSON.parse(asJson.stderr)).toMatchObject({ error: { code: 'CLI_USAGE' } })
})

test.each([
  ['app', 'update', 'a.b.c', '--probe', 'js.natives', '--no-probe'],
  ['app', 'update', 'a.b.c', '--no-policy', '--policy', 'strict'],
  ['api', 'update', 'https://api.example.com', '--origin', 'https://a.example.com', '--no-origin'],
])('%s %s %s %s … with an option and its opposite is a wrong command line', async (...args) => {
  const done = await cli(args, { ...key, ASSAY_URL: 'http://127.0.0.1:1' })
  expect(done).toMatchObject({ status: 2, stderr: expect.stringContaining('[CLI_USAGE]') })
  expect(done.stderr).toContain('contradict each other')
})

test.each([
  ['/audience', 'an http or https URL in normal form'],
  ['/token_lifetime', 'at most 300 with mode bearer'],
  ['/apps/0', 'without repetition'],
  ['/probes/1', 'docs/cli.md lists them'],
])('what is wrong at %s is reported in words', async (pointer, words) => {
  const errors = [{ pointer, code: 'custom' }]
  const fake = await service(() => problem('request_invalid', { errors }))
  const add = ['api', 'add', 'x', '--app', 'a', '--tier', 'warning', '--server', fake.url]
  expect((await cli(add, key)).stderr).toContain(words)
  expect(JSON.parse((await cli([...add, '--json'], key)).stderr)).toMatchObject({ error: { errors } })
})

test('an API whose name differs from another in a slash alone is told', async () => {
  const other = { audience: 'https://api.example.com', apps: [], tiers: [], origins: [] }
  const fake = await service(({ method }) =>
    method === 'POST'
      ? { status: 201, body: { ...other, audience: `${other.audience}/` } }
      : { status: 200, body: { apis: [other] } },
  )
  const add = (url: string) =>
    cli(['api', 'add', url, '--app', 'a.b.c', '--tier', 'warning', '--server', fake.url], key)
  expect((await add('https://api.example.com/')).stderr).toContain(
    'Warning: https://api.example.com is registered as well, and is another API',
  )
  expect((await add('https://other.example.com/')).stderr).not.toContain('is registered as well')
})

test('a fault of the CLI itself has its own code', async () => {
  const fake = await service(() => ({ status: 200, body: { apps: [null] } }))
  const done = await cli(['app', 'list', '--server', fake.url], key)
  expect(done.status).toBe(4)
  expect(done.stderr).toContain('[CLI_FAULT]')
})

test('attestation show tells code and differing segments', async () => {
  const trace = 'A'.repeat(22)
  const found = {
    trace,
    at: '2026-11-25T00:00:00Z',
    app: app.id,
    build: '1',
    outcome: 'denied',
    code: 'SOFTWARE_SEGMENT_MISMATCH',
    segments: ['classes.dex'],
    ear: null,
    key: null,
    device: null,
    refused: [],
    names: [],
  }
  const fake = await service(() => ({ status: 200, body: found }))
  const done = await cli(['attestation', 'show', trace, '--server', fake.url], key)
  expect(done.stdout).toMatch(/SOFTWARE_SEGMENT_MISMATCH[^]*classes\.dex/)
  expect(fake.seen[0]?.url).toBe(`/v1/attestations/${trace}`)
})

test('--help exits with 0', async () => {
  expect(await cli(['build', 'add', '--help'])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Examples:'),
  })
})

test.each([
  ['a page that is no service', () => ({ status: 200, body: '<html>' }), 'CLI_SERVICE_ANSWER', 3],
  [
    'an error that is no problem',
    () => ({ status: 502, body: { message: 'bad gateway' } }),
    'CLI_SERVICE_ANSWER',
    3,
  ],
  ['a malfunction', () => problem('temporarily_unavailable'), 'temporarily_unavailable', 3],
  ['a connection that breaks', () => undefined, 'CLI_SERVICE_UNREACHABLE', 3],
])('%s is distinguished from a refusal', async (_name, answer, code, status) => {
  const fake = await service(answer)
  const done = await cli(['app', 'list', '--server', fake.url], key)
  expect(done.status).toBe(status)
  expect(done.stderr).toContain(`[${code}]`)
})

test('no message shows the API key', async () => {
  const fake = await service(() => problem('unauthorized'))
  const done = await cli(['app', 'list', '--server', fake.url], key)
  expect(done.stderr + done.stdout).not.toContain(key.ASSAY_API_KEY)
})

test.each([
  [['app', 'add', 'com.x', '--platfrom', 'web'], "unknown option '--platfrom' (Did you mean --platform?)"],
  [['app', 'add', 'com.x', '--platfrom=web'], "unknown option '--platfrom' (Did you mean --platform?)"],
  [['app', 'add', 'com.x', '--colour', 'red'], "unknown option '--colour' ["],
  [['--servr', 'x', 'app', 'add', 'com.x'], "unknown option '--servr' (Did you mean --server?)"],
  [['app', 'add', 'com.x', '--name', '--odd'], "required option '--platform <platform>' not specified"],
])('%j: an option that does not exist is reported before one that is missing', async (args, message) => {
  const done = await cli(args, key)
  expect(done.status).toBe(2)
  expect(done.stderr).toContain(message)
})

test('--version prints the version, and nothing else', async () => {
  const { version } = JSON.parse(
    readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8'),
  ) as { version: string }
  expect(await cli(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
})
