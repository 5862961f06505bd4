import { afterEach, describe, expect, test } from 'vitest'
import type { DevelopmentSecret } from '@assay/protocol/schemas'
import { cli, fakeService } from '../fake-service.ts'

const app = 'com.example.dev'
const id = 'MunGd_tA53U6NnGb'
const secret = 'assaydev_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const made: DevelopmentSecret = {
  ...{ id, app, name: 'Ada', created_at: '2020-01-01T00:00:00.000Z', expires_at: '2999-01-01T00:00:00.000Z' },
  ...{ revoked_at: null, last_used_at: null, uses: 0 },
}
let close: (() => Promise<unknown>) | undefined

afterEach(async () => {
  await close?.()
  close = undefined
})

async function assay(answer: { status: number; body: unknown }, ...args: string[]) {
  const fake = await fakeService(() => answer)
  close = fake.close
  const done = await cli(['development', ...args], { ASSAY_API_KEY: 'a-key', ASSAY_URL: fake.url })
  const sent = fake.seen.map(({ method, url, body }) => ({ method, url, body: body.toString() }))
  return { ...done, sent }
}

describe('assay development add', () => {
  const add = ['add', '--app', app, '--name', 'Ada', '--days', '30']

  test('gives the secret, and it alone, to whoever reads its output', async () => {
    const done = await assay({ status: 201, body: { ...made, secret } }, ...add)
    expect(done).toMatchObject({ status: 0, stdout: `${secret}\n` })
    expect(done.stderr).toContain('the only time')
    expect(done.sent).toEqual([{ method: 'POST', url: '/v1/development-secrets', body: expect.anything() }])
    expect(JSON.parse(done.sent[0]?.body ?? '')).toEqual({ app, name: 'Ada', days: 30 })
    const json = await assay({ status: 201, body: { ...made, secret } }, ...add, '--json')
    expect(JSON.parse(json.stdout)).toEqual({ ...made, secret })
  })

  test('needs to know for what and for whom, and takes a number of days only', async () => {
    for (const args of [
      ['add', '--app', app],
      ['add', '--name', 'Ada'],
      [...add.slice(0, -1), 'thirty'],
    ]) {
      const done = await assay({ status: 201, body: made }, ...args)
      expect(done).toMatchObject({ status: 2, sent: [] })
    }
  })
})

test('assay development list shows who has one, until when, and how often it was used', async () => {
  const secrets = [
    { ...made, id: 'a', uses: 7, last_used_at: '2026-11-26T00:00:00.000Z' },
    { ...made, id: 'b', expires_at: '2020-01-02T00:00:00.000Z' },
    { ...made, id: 'c', revoked_at: '2020-01-03T00:00:00.000Z' },
  ]
  const { stdout } = await assay({ status: 200, body: { secrets } }, 'list')
  expect(stdout).toMatch(/^a +com\.example\.dev +Ada +until 2999-01-01T\S+ +7 +2026-11-26T/m)
  expect(stdout).toMatch(/^b .*expired 2020-01-02T\S+ +0 +never$/m)
  expect(stdout).toMatch(/^c .*revoked 2020-01-03T/m)
  expect((await assay({ status: 200, body: { secrets: [] } }, 'list')).stdout).toContain('development add')
})

describe('assay development revoke', () => {
  const revoked = { ...made, revoked_at: '2026-11-26T00:00:00.000Z' }

  test('says what becomes of tokens that are out', async () => {
    const done = await assay({ status: 200, body: revoked }, 'revoke', id, '--yes')
    expect(done).toMatchObject({ status: 0, stdout: expect.stringContaining('within 15 minutes') })
    expect(done.sent).toEqual([{ method: 'POST', url: `/v1/development-secrets/${id}/revoke`, body: '{}' }])
  })

  test('asks first', async () => {
    const done = await assay({ status: 200, body: revoked }, 'revoke', id)
    expect(done).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('[CLI_NOT_CONFIRMED]'),
      sent: [],
    })
  })
})
