import { afterEach, expect, test } from 'vitest'
import { cli, fakeService } from '../fake-service.ts'

const app = 'com.example.app'
const audience = 'https://api.example.com'
const entry = {
  app,
  audience,
  installation: 'n'.repeat(43),
  note: 'rooted phone of the lab',
  author: 'k1',
  created_at: '2026-11-26T00:00:00Z',
  expires_at: '2026-12-10T00:00:00Z',
}
let close: (() => Promise<unknown>) | undefined

afterEach(async () => {
  await close?.()
  close = undefined
})

async function assay(answer: { status: number; body: unknown }, ...args: string[]) {
  const fake = await fakeService(() => answer)
  close = fake.close
  const done = await cli(['allow', ...args], { ASSAY_API_KEY: 'a-key', ASSAY_URL: fake.url })
  return { ...done, seen: fake.seen }
}

const add = ['add', '--app', app, '--audience', audience, '--key', 'k'.repeat(43)]

test('allow add sends the key, the API, the note and the end, which it must have', async () => {
  const done = await assay({ status: 201, body: entry }, ...add, '--note', 'lab', '--expires-in', '14d')
  expect(done.stdout).toContain('until 2026-12-10T00:00:00Z')
  expect(done.seen[0]).toMatchObject({ method: 'POST', url: `/v1/apps/${app}/allow` })
  expect(JSON.parse(done.seen[0]?.body.toString() ?? '')).toEqual({
    audience,
    key: 'k'.repeat(43),
    note: 'lab',
    expires_at: expect.stringMatching(/^20.*Z$/) as string,
  })
  expect(await assay({ status: 201, body: entry }, ...add)).toMatchObject({ status: 2, seen: [] })
})

test('allow list shows what `allow remove` takes', async () => {
  const done = await assay({ status: 200, body: { entries: [entry] } }, 'list', '--app', app)
  expect(done.stdout).toContain(entry.installation)
  expect(done.stdout).toContain('rooted phone of the lab')
  const none = await assay({ status: 200, body: { entries: [] } }, 'list', '--app', app)
  expect(none.stdout).toBe(`No device is let through at ${app}.\n`)
  const { installation } = entry
  const args = ['remove', '--yes', '--app', app, '--audience', audience, '--installation', installation]
  const removed = await assay({ status: 204, body: undefined }, ...args)
  expect(removed.seen[0]).toMatchObject({
    method: 'DELETE',
    url: `/v1/apps/${app}/allow/${installation}?audience=${encodeURIComponent(audience)}`,
  })
})
