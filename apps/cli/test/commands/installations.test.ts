import { afterEach, expect, test } from 'vitest'
import { problems } from '@assay/protocol/codes'
import { cli, fakeService } from '../fake-service.ts'

const app = 'com.example.app'
const key = 'A'.repeat(43)
const trace = 'JnGmJ1zKQxq0V7yq3c2hVA'
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

test('installation let-through names the refusal and an end', async () => {
  const entry = { app, audience, installation: key, note: 'ticket', author: 'k', created_at: at }
  const done = await assay(
    ({ url }) => {
      if (url === `/v1/attestations/${trace}`) return { status: 200, body: { trace, app, key } }
      if (url.endsWith('/find')) return found({ ...listed, found_by: 'trace' })
      return { status: 201, body: { ...entry, expires_at: at, tier: 'warning' } }
    },
    ...['let-through', '--trace', trace, '--audience', audience, '--note', 'ticket'],
  )
  expect(done).toMatchObject({ status: 0, stdout: expect.stringContaining('as warning') })
  expect(done.seen.at(-1)).toBe(`POST ${installationUrl}/let-through`)
  expect(JSON.parse(done.received.at(-1)?.body.toString() ?? '')).toMatchObject({
    ...{ audience, trace, note: 'ticket', expires_at: expect.any(String) },
  })
})

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

test('doctor with a key for support asks once for what such a key may not see', async () => {
  const refusal = { trace, app, build: '1', at, outcome: 'denied', code: 'SOFTWARE_ONLY', key, segments: [] }
  const shown = { ...refusal, ear: null, device: null, refused: [], names: [] }
  const insufficient = { code: 'scope_insufficient', ...problems.scope_insufficient }
  const fake = await fakeService(({ url }) => {
    if (url === `/v1/attestations/${trace}`) return { status: 200, body: shown }
    if (url === `/v1/apps/${app}`)
      return { status: 404, body: { code: 'app_not_found', ...problems.app_not_found } }
    return { status: 403, body: insufficient }
  })
  close = fake.close
  const done = await cli(['doctor', trace], { ASSAY_API_KEY: 'a-key', ASSAY_URL: fake.url })
  expect(done).toMatchObject({ status: 0, stdout: expect.stringContaining('SOFTWARE_ONLY') })
  expect(fake.seen.map(({ url }) => url)).toEqual([
    `/v1/attestations/${trace}`,
    `/v1/apps/${app}`,
    `/v1/apps/${app}/builds/1`,
  ])
})
