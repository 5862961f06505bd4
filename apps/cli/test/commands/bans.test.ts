import { afterEach, expect, test } from 'vitest'
import type { ProblemCode } from '@assay/protocol'
import { problems } from '@assay/protocol/codes'
import { cli, fakeService } from '../fake-service.ts'

const app = 'com.example.app'
const ban = { app, kind: 'android-batch', vouching_key: 'ab'.repeat(32), created_at: '2026-11-26T00:00:00Z' }
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
  const code: ProblemCode = 'anchor_is_batch'
  const done = await assay({ status: 409, body: { code, ...problems[code] } }, ...add)
  expect(done).toMatchObject({ status: 1, stderr: expect.stringContaining('--batch') })
})

test('ban list shows what `ban remove` takes', async () => {
  const done = await assay({ status: 200, body: { bans: [ban] } }, 'list', '--app', app)
  expect(done.stdout).toContain(`android-batch  2026-11-26T00:00:00Z  ${ban.vouching_key}`)
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
