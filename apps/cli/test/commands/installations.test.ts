import { afterEach, expect, test } from 'vitest'
import { problems } from '@assay/protocol/codes'
import { cli, fakeService } from '../fake-service.ts'

const app = 'com.example.app'
const key = 'A'.repeat(43)
const trace = 'H8SGZZG7BK8JKD36W'
const audience = 'https://api.example.com'
const at = '2026-12-01T00:00:00Z'
const listed = { app, key, remembered: true, first_seen: at, last_seen: at, found_by: 'key' }
let close: (() => Promise<unknown>) | undefined

afterEach(async () => {
  await close?.()
  close = undefined
})

type Received = Parameters<Parameters<typeof fakeService>[0]>[0]

async function assay(answer: (received: Received) => { status: number; body: unknown }, ...args: string[]) {
  const fake = await fakeService(answer)
  close = fake.close
  const done = await cli(['installation', ...args], { ASSAY_API_KEY: 'a-key', ASSAY_URL: fake.url })
  return { ...done, seen: fake.seen.map(({ method, url }) => `${method} ${url}`), received: fake.seen }
}

const found = (...installations: object[]) => ({ status: 200, body: { installations } })
const installationUrl = `/v1/apps/${app}/installations/${key}`
const forgotten = {
  removed: { installations: 1, traces: 2, allowed: 0, samples: 0 },
  remain: { bans: 1, enrolments: 0 },
}

test.each([
  ['let-through', '--audience', audience],
  ['forget', '--yes'],
])('installation %s takes no reference, and asks for nothing', async (command, ...options) => {
  const reference = ['--app', app, '--reference', 'user-4711']
  const done = await assay(
    () => found({ ...listed, found_by: 'reference' }),
    command,
    ...reference,
    ...options,
  )
  expect(done).toMatchObject({ status: 2, seen: [] })
  expect(done.stderr).toContain('--reference')
})

test('installation list finds by reference, and says that nobody has verified it', async () => {
  const several = found(
    { ...listed, found_by: 'reference' },
    { ...listed, key: 'B'.repeat(43), found_by: 'reference' },
  )
  const named = ['--app', app, '--reference', 'user-4711']
  const done = await assay(() => several, 'list', ...named)
  expect(done).toMatchObject({ status: 0, stdout: expect.stringContaining(key) })
  expect(done.stdout + done.stderr).toContain('nobody has verified')
  expect(JSON.parse(done.received[0]?.body.toString() ?? '')).toEqual({ reference: 'user-4711' })
  await close?.()
  const shown = await assay(() => several, 'show', ...named)
  expect(shown).toMatchObject({ status: 2, stderr: expect.stringContaining('Several installations') })
})

test('installation commands want one name', async () => {
  const both = await assay(() => found(), 'show', '--app', app, '--key', key, '--trace', trace)
  expect(both).toMatchObject({ status: 2, seen: [], stderr: expect.stringContaining('--trace') })
})

test.each([true, false])(
  'installation let-through names the refusal, an end, and whether it helps: %s',
  async (helps) => {
    const entry = { app, audience, installation: key, note: 'ticket', author: 'k', created_at: at }
    const done = await assay(
      ({ url }) => {
        if (url === `/v1/attestations/${trace}`) return { status: 200, body: { trace, app, key } }
        if (url.endsWith('/find')) return found({ ...listed, found_by: 'trace' })
        if (url === installationUrl)
          return {
            status: 200,
            body: {
              let_through: [
                { audience, trace, tier: 'warning', code: 'X', obstacle: null, allow_listed: helps },
              ],
            },
          }
        return { status: 201, body: { ...entry, expires_at: at, tier: 'warning' } }
      },
      ...['let-through', '--trace', trace, '--audience', audience, '--note', 'ticket'],
    )
    expect(done).toMatchObject({ status: 0, stdout: expect.stringContaining('as warning') })
    expect(done.seen.at(-1)).toBe(`POST ${installationUrl}/let-through`)
    expect(JSON.parse(done.received.at(-1)?.body.toString() ?? '')).toMatchObject({
      ...{ audience, trace, note: 'ticket', expires_at: expect.any(String) },
    })
    expect([done.stderr.includes('will not help'), /helps +no/.test(done.stdout)]).toEqual([!helps, !helps])
  },
)

test.each(['25h', '2d'])('installation let-through ends within a day: %s', async (time) => {
  const named = ['--app', app, '--key', key, '--audience', audience]
  const done = await assay(() => found(listed), 'let-through', ...named, '--expires-in', time)
  expect(done).toMatchObject({ status: 2, seen: [], stderr: expect.stringContaining('at most 24h') })
})

test.each([
  ['--reference', '', '/reference', '1 to 128 bytes'],
  ['--key', 'short', '/key', '43 letters'],
])('installation list with a wrong %s says what it must be', async (option, value, pointer, rule) => {
  const errors = [{ pointer, code: 'custom' }]
  const body = { ...problems.request_invalid, code: 'request_invalid', errors }
  const done = await assay(() => ({ status: 400, body }), 'list', '--app', app, option, value)
  expect(done).toMatchObject({ status: 1, stderr: expect.stringContaining(rule) })
})

test('installation forget says what is gone and what remains', async () => {
  const done = await assay(
    ({ method }) => (method === 'DELETE' ? { status: 200, body: forgotten } : found(listed)),
    ...['forget', '--yes', '--app', app, '--key', key],
  )
  expect(done).toMatchObject({ status: 0, stdout: expect.stringContaining('2 traces, its evidence') })
  expect(done.stdout).toContain('0 entries of the allow list')
  expect(done.stdout).toContain('What remains: 1 ban,')
  expect(done.seen.at(-1)).toBe(`DELETE ${installationUrl}`)
})

test('doctor with a key for support asks for nothing that such a key may not see, and says so', async () => {
  const refusal = { trace, app, build: '1', at, outcome: 'denied', code: 'SOFTWARE_ONLY', key }
  const counts = { passed: 40, refused: 2, alike: 1 }
  const shown = {
    ...{ ...refusal, segments: ['main.js'], ear: null, device: null, refused: [], names: [] },
    recent: { now: counts, before: counts },
    registered_build: {
      ...{ state: 'active', version_code: 7, version_name: '1.0.7', created_at: at, last_seen_at: at },
    },
    apis: [{ audience, tiers: ['warning'], enforcement: 'enforce', policy: 'balanced', allow_listed: false }],
    may_read_all: false,
  }
  const registered = { id: app, evidence: {}, optional_evidence: [], policy: null }
  const fake = await fakeService(({ url }) => {
    if (url === `/v1/attestations/${trace}`) return { status: 200, body: shown }
    if (url === `/v1/apps/${app}`) return { status: 200, body: registered }
    return { status: 403, body: { code: 'scope_insufficient', ...problems.scope_insufficient } }
  })
  close = fake.close
  const written = 'h8sg zzg7-bk8jkd36w'
  const done = await cli(['doctor', written], { ASSAY_API_KEY: 'a-key', ASSAY_URL: fake.url })
  expect(done).toMatchObject({ status: 0, stdout: expect.stringContaining('SOFTWARE_ONLY') })
  for (const words of [
    'Trace H8SG ZZG7 BK8J KD36 W',
    '1.0.7 (7)',
    audience,
    'Your key does not see',
    'Of 42 attestations',
  ])
    expect(done.stdout).toContain(words)
  for (const untrue of ['of 0 attestations', 'not registered', 'None.'])
    expect(done.stdout).not.toContain(untrue)
  expect(fake.seen.map(({ url }) => url)).toEqual([`/v1/attestations/${trace}`, `/v1/apps/${app}`])
})

test('doctor refuses a trace with a wrong character, and asks for nothing', async () => {
  const done = await assay(() => found(), 'show', '--trace', 'H8SGZZG7BK8JKD3W6')
  expect(done).toMatchObject({ status: 2, seen: [], stderr: expect.stringContaining('read out again') })
})
