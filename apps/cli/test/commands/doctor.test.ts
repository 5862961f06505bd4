import type { Build, UnregisteredBuilds } from '@assay/protocol/schemas'
import { afterEach, expect, test } from 'vitest'
import { exampleApp, exampleBuild } from '../examples.ts'
import { cli, fakeService } from '../fake-service.ts'

const app = exampleApp({ min_version_code: 1, probes: ['js.crypto'] })
let close: (() => Promise<unknown>) | undefined

afterEach(async () => {
  unserved.length = 0
  expiring.length = 0
  unregistered.builds = []
  unregistered.nodes = 1
  await close?.()
  close = undefined
})

/** What the service counts as beyond a limit. */
const unserved: { code: string; unserved: number }[] = []

/** Builds with an end. */
const expiring: Build[] = []

/** What devices name and is not registered. */
const unregistered: UnregisteredBuilds = { builds: [], minutes: 30, at_least: 20, nodes: 1 }

/** `assay doctor` at a service with seven builds that have no SDK. */
async function doctor(more: { isTTY?: boolean } = {}, env: Record<string, string> = {}, ...args: string[]) {
  let url = ''
  const builds = Array.from({ length: 7 }, (_, index) =>
    exampleBuild({ id: `${index + 1}`, warnings: ['no_sdk_segment'], created_at: new Date().toISOString() }),
  )
  const answers: Record<string, () => unknown> = {
    '/v1/service': () => ({
      public_url: url,
      host: '127.0.0.1',
      store: 'sqlite',
      epoch_length: 1800,
      log_level: 'info',
      health: {
        store_latency_ms: 1.5,
        disk_free_bytes: 50_000_000_000,
        store_timeouts: 0,
        caches: [],
        status_lists: [],
        vendor_lists: [],
      },
      trusted_proxies: [],
    }),
    '/v1/apps': () => ({ apps: [app] }),
    [`/v1/apps/${app.id}/builds`]: () => ({ builds: [...builds, ...expiring] }),
    [`/v1/apps/${app.id}/activity`]: () => ({
      app: app.id,
      since: '2026-11-19T00:00:00Z',
      refusals: [],
      evidence: [],
      installations: { total: 0, without: {} },
    }),
    [`/v1/apps/${app.id}/activity/builds`]: () => ({ builds: [] }),
    '/v1/stats?by=code&outcome=unserved': () => ({ groups: unserved }),
    '/v1/unregistered-builds': () => unregistered,
    '/v1/apis': () => ({ apis: [] }),
    '/v1/keys': () => ({ keys: [] }),
    '/v1/policies': () => ({ policies: [] }),
    '/v1/boot-keys': () => ({ sets: [] }),
    '/v1/development-secrets': () => ({ secrets: [] }),
    '/.well-known/assay': () => ({ issuer: url }),
    '/.well-known/jwks.json': () => ({ keys: [{ kid: 'k' }] }),
    '/readyz': () => ({ status: 'ready' }),
  }
  const fake = await fakeService(({ url: path }) => {
    const group = { passed: 3, refused: 1, malfunctions: 1 }
    const isOfBuild = /^\/v1\/stats\?since=[^&]+&by=build&app=[^&]+&build=ending$/.test(path)
    const answer = isOfBuild ? () => ({ groups: [group] }) : answers[path]
    return { status: answer === undefined ? 404 : 200, body: answer?.() ?? {} }
  })
  close = fake.close
  url = fake.url
  return cli(
    ['doctor', ...args],
    { ASSAY_API_KEY: 'a-key', ASSAY_URL: url, ASSAY_DATA: '/nowhere', ...env },
    more,
  )
}

test('findings of one kind stand together, as many as a person reads; --json has all', async () => {
  const { stdout, status } = await doctor()
  expect(status).toBe(0)
  expect(stdout.match(/DOCTOR_BUILD_WITHOUT_SDK/g)).toHaveLength(1)
  expect(stdout).toContain('build 5 of')
  expect(stdout).not.toContain('build 6 of')
  expect(stdout).toContain('… and 2 more of this kind')
  const { findings } = JSON.parse((await doctor({}, {}, '--json')).stdout) as { findings: { code: string }[] }
  expect(findings.filter(({ code }) => code === 'DOCTOR_BUILD_WITHOUT_SDK')).toHaveLength(7)
})

test('faults come first, then warnings, then notes', async () => {
  const { stdout } = await doctor()
  const levels = [...stdout.matchAll(/^(fault|warning|note) +DOCTOR_/gm)].map(([, level]) => level ?? '')
  expect(levels).toEqual(
    [...levels].sort((one, other) => 'fwn'.indexOf(one.charAt(0)) - 'fwn'.indexOf(other.charAt(0))),
  )
  expect(new Set(levels)).toEqual(new Set(['warning', 'note']))
})

test('colours are for terminals, and not where NO_COLOR is set', async () => {
  const escape = '\u001b['
  expect((await doctor({ isTTY: true })).stdout).toContain(escape)
  expect((await doctor({ isTTY: true }, { NO_COLOR: '1' })).stdout).not.toContain(escape)
  expect((await doctor()).stdout).not.toContain(escape)
})

test('requests beyond a limit are a warning, with the code that names the option', async () => {
  expect((await doctor()).stdout).not.toContain('DOCTOR_REQUESTS_UNSERVED')
  unserved.push({ code: 'LIMIT_CHALLENGES', unserved: 12 })
  const { stdout } = await doctor()
  expect(stdout).toMatch(/warning +DOCTOR_REQUESTS_UNSERVED/)
  expect(stdout.replace(/\s+/g, ' ')).toContain('12 requests were answered with 429 or 503: LIMIT_CHALLENGES')
  const { stdout: explained } = await cli(['explain', 'LIMIT_CHALLENGES'], {})
  expect(explained.replace(/\s+/g, ' ')).toContain('assay serve --limit challenges=REQUESTS/SECONDS')
})

test('a build that expires within 30 days is a warning, with what still uses it', async () => {
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000 - 60_000).toISOString()
  const sdk = { warnings: [], created_at: new Date().toISOString() }
  expiring.push(
    exampleBuild({ id: 'ending', expires_at: inDays(30), ...sdk }),
    exampleBuild({ id: 'later', expires_at: inDays(31.1), ...sdk }),
    exampleBuild({ id: 'over', expires_at: inDays(-1), ...sdk }),
    exampleBuild({ id: 'retired', expires_at: inDays(3), state: 'retired', ...sdk }),
  )
  const { findings } = JSON.parse((await doctor({}, {}, '--json')).stdout) as {
    findings: { code: string; meaning: string }[]
  }
  const [first, ...others] = findings.filter(({ code }) => code === 'DOCTOR_BUILD_EXPIRES_SOON')
  expect(others).toEqual([])
  expect(first?.meaning).toContain(`build ending of ${app.id} expires in 30 days, and 5 attestations`)
})

test('an unregistered release is named, with what to do; one that waits for an admin, too', async () => {
  expect((await doctor()).stdout).not.toMatch(/DOCTOR_BUILD_(NOT_REGISTERED|PENDING)/)
  const named = { app: app.id, networks: 27, pending: false }
  unregistered.builds = [
    { ...named, build: '2.0.0', networks: 50 },
    { ...named, build: '2.0.1' },
    { ...named, build: '2.1.0', pending: true },
  ]
  const { stdout, status } = await doctor()
  expect(status).toBe(0)
  const text = stdout.replace(/\s+/g, ' ')
  expect(text).toMatch(/warning +DOCTOR_BUILD_NOT_REGISTERED/)
  expect(text).toContain(
    `Within 30 minutes devices in 50 or more networks named the build 2.0.0 of ${app.id}, which is not registered`,
  )
  expect(text).toContain('devices in 27 networks named the build 2.0.1')
  expect(text).toContain(`assay build add FILE --app ${app.id}`)
  expect(text).toMatch(/warning +DOCTOR_BUILD_PENDING/)
  expect(text).toContain(`assay build activate 2.1.0 --app ${app.id}`)
  expect(text).not.toContain('each of the')
})

test('a name of a build cannot steer the terminal, whatever service answers', async () => {
  unregistered.builds = [{ app: app.id, build: '\u001b[2J\u202e{app}\nfault', networks: 20, pending: false }]
  const { stdout } = await doctor({ isTTY: true }, { NO_COLOR: '1' })
  expect(stdout).toContain('\\u001b[2J\\u202e{app}\\u000afault')
  expect(stdout).not.toMatch(/[\u001b\u202e]/)
})

test('with several nodes the unregistered builds that others see are unknown', async () => {
  unregistered.nodes = 3
  const { stdout } = await doctor()
  expect(stdout.replace(/\s+/g, ' ')).toContain('each of the 3 counts what it sees')
  const { unknown } = JSON.parse((await doctor({}, {}, '--json')).stdout) as { unknown: string[] }
  expect(unknown.join()).toContain('other nodes')
})

test.each([
  ['STORAGE_NOT_ANSWERING', 'The database gave no answer in time'],
  ['STORAGE_FULL', 'The disk of the database is full'],
])('names what the service is not ready for, though it answers nothing else: %s', async (reason, words) => {
  const away = { code: 'temporarily_unavailable', title: 'Away', status: 503 }
  const fake = await fakeService(({ url }) => ({
    status: 503,
    body: url === '/readyz' ? { ...away, reason } : away,
  }))
  close = fake.close
  const done = await cli(['doctor'], { ASSAY_API_KEY: 'a-key', ASSAY_URL: fake.url })
  expect(done.status).toBe(1)
  expect(done.stdout.replace(/\s+/g, ' ')).toContain(`${reason}: ${words}`)
  expect(done.stdout).toContain('DOCTOR_NOT_READY')
  expect(done.stderr).toContain('CLI_DOCTOR_FAULTS')
  expect(fake.seen[0]).toMatchObject({ url: '/readyz' })
  expect(fake.seen[0]?.headers.authorization).toBeUndefined()
})
