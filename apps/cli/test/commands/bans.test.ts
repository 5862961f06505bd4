import { afterEach, expect, test } from 'vitest'
import type { ProblemCode } from '@assay/protocol'
import { problems } from '@assay/protocol/codes'
import { cli, fakeService } from '../fake-service.ts'

const app = 'com.example.app'
const ban = {
  app,
  kind: 'android-batch',
  vouching_key: 'ab'.repeat(32),
  audience: null,
  note: null,
  author: null,
  created_at: '2026-11-26T00:00:00Z',
  expires_at: null,
}
let close: (() => Promise<unknown>) | undefined

afterEach(async () => {
  await close?.()
  close = undefined
})

async function assay(answer: { status: number; body: unknown }, ...args: string[]) {
  const fake = await fakeService(() => answer)
  close = fake.close
  const done = await cli(['ban', ...args], { ASSAY_API_KEY: 'a-key', ASSAY_URL: fake.url })
  return { ...done, seen: fake.seen }
}

/** Names of installations are base64url: some start as options do. */
const installation = `-${'a'.repeat(42)}`
const add = ['add', '--app', app, '--audience', 'https://api.example.com', '--installation', installation]

test('ban add names the installation as the API knows it, and shows the vouching key behind it', async () => {
  const done = await assay({ status: 201, body: ban }, ...add, '--batch')
  expect(done.status).toBe(0)
  expect(done.stdout).toContain(ban.vouching_key)
  expect(done.stdout).toContain('thousands of devices')
  expect(done.seen[0]).toMatchObject({ method: 'POST', url: `/v1/apps/${app}/bans` })
  const sent: unknown = JSON.parse(done.seen[0]?.body.toString() ?? '')
  expect(sent).toEqual({ audience: 'https://api.example.com', installation, batch: true })
})

test('ban add says what to do about a vouching key that thousands share', async () => {
  const code: ProblemCode = 'vouching_key_is_batch'
  const done = await assay({ status: 409, body: { code, ...problems[code] } }, ...add)
  expect(done).toMatchObject({ status: 1, stderr: expect.stringContaining('--batch') })
})

test('ban list shows what `ban remove` takes', async () => {
  const done = await assay({ status: 200, body: { bans: [ban] } }, 'list', '--app', app)
  expect(done.stdout).toContain(`android-batch  2026-11-26T00:00:00Z  lifted  -   ${ban.vouching_key}  -`)
  const none = await assay({ status: 200, body: { bans: [] } }, 'list', '--app', app)
  expect(none.stdout).toBe(`Nothing is banned at ${app}.\n`)
  const args = ['remove', '--yes', '--app', app, '--kind', ban.kind, '--vouching-key', ban.vouching_key]
  const removed = await assay({ status: 204, body: undefined }, ...args)
  expect(removed.status).toBe(0)
  expect(removed.seen[0]).toMatchObject({
    method: 'DELETE',
    url: `/v1/apps/${app}/bans/android-batch/${ban.vouching_key}`,
  })
})

test('ban add takes the key of an installation that no hardware vouches for, with note and end', async () => {
  const key = `k${'A'.repeat(42)}`
  const named = { ...ban, kind: 'installation-key', vouching_key: key, note: 'sells accounts', author: 'k1' }
  const answer = { status: 201, body: { ...named, expires_at: '2026-12-26T00:00:00Z' } }
  const done = await assay(
    answer,
    ...['add', '--app', app, '--key', key, '--note', 'sells accounts', '--expires-in', '30d'],
  )
  expect(done.stdout).toContain('a new installation of the app is another one')
  expect(done.stdout).toContain('until 2026-12-26T00:00:00Z')
  expect(JSON.parse(done.seen[0]?.body.toString() ?? '')).toEqual({
    key,
    note: 'sells accounts',
    expires_at: expect.stringMatching(/^20.*Z$/) as string,
  })
})

test.each([[[]], [['--key', 'k', '--installation', 'i']]])(
  'ban add wants exactly one name of an installation: %j',
  async (names) => {
    const done = await assay({ status: 201, body: ban }, 'add', '--app', app, ...names)
    expect(done).toMatchObject({ status: 2, stderr: expect.stringContaining('CLI_USAGE') })
    expect(done.seen).toEqual([])
  },
)
