import { afterEach, describe, expect, test } from 'vitest'
import { exampleApp } from '../examples.ts'
import { cli, fakeService } from '../fake-service.ts'

const evidence = {
  android_key_attestation: { enrolments_per_day: { device: 5, batch: 1000 } },
  play_integrity: { request: 'standard', calls_per_day: 10_000, max_age: 300 },
} as const
const app = exampleApp({ evidence })
let close: (() => Promise<unknown>) | undefined

afterEach(async () => {
  await close?.()
  close = undefined
})

async function assay(args: string[], stdin = '', status = 200) {
  const fake = await fakeService(() => ({ status, body: status === 204 ? undefined : app }))
  close = fake.close
  const done = await cli(args, { ASSAY_API_KEY: 'a-key', ASSAY_URL: fake.url }, { stdin })
  return { ...done, seen: fake.seen, sent: () => JSON.parse(fake.seen[0]?.body.toString() ?? '') as unknown }
}

describe('evidence and policy of an app', () => {
  test('go to the service as the file says, and are shown as the service has them', async () => {
    const args = ['app', 'add', app.id, '--platform', 'android', '--evidence', '-', '--policy', 'strict']
    const done = await assay(args, JSON.stringify(evidence))
    expect(done.status).toBe(0)
    expect(done.sent()).toEqual({ id: app.id, platform: 'android', evidence, policy: 'strict' })
    for (const [name, settings] of Object.entries(evidence))
      expect(done.stdout).toContain(`${name} ${JSON.stringify(settings)}`)
    expect(done.stdout).toMatch(/policy +balanced \(default\)/)
  })

  test.each<[string[], unknown]>([
    [['--no-evidence'], { evidence: {} }],
    [['--no-policy'], { policy: null }],
    [['--policy', 'ours'], { policy: 'ours' }],
    [['--name', 'X'], { name: 'X' }],
  ])('app update %s changes nothing else', async (options, body) => {
    expect((await assay(['app', 'update', app.id, ...options])).sent()).toEqual(body)
  })

  test('settings that are no object are reported before anything is sent', async () => {
    const done = await assay(['app', 'update', app.id, '--evidence', '-'], '[]')
    expect(done).toMatchObject({ status: 2, seen: [] })
  })
})

describe('app evidence', () => {
  test('shows the kinds that the service has, with settings to start from', async () => {
    const kind = {
      name: 'some_kind',
      platform: 'android',
      form: {},
      example: { calls: 1 },
      secret: { name: 'some-keys' },
    }
    const fake = await fakeService(() => ({ status: 200, body: { evidence: [kind] } }))
    close = fake.close
    const env = { ASSAY_API_KEY: 'a-key', ASSAY_URL: fake.url }
    const { stdout } = await cli(['app', 'evidence'], env)
    expect(stdout).toContain('some_kind (android)\n  {"some_kind":{"calls":1}}\n  secret: some-keys')
    expect(JSON.parse((await cli(['app', 'evidence', '--json'], env)).stdout)).toEqual([kind])
    expect(fake.seen[0]?.url).toBe('/v1/evidence')
  })
})

describe('app secret', () => {
  const put = (text: string) => assay(['app', 'secret', app.id, 'some-keys', '-'], text, 204)

  test('goes to the service as it is, and is not shown', async () => {
    const done = await put('{"key":"AAAA"}')
    expect(done.status).toBe(0)
    expect(done.seen[0]).toMatchObject({ method: 'PUT', url: `/v1/apps/${app.id}/some-keys` })
    expect(done.sent()).toEqual({ key: 'AAAA' })
    expect(done.stdout + done.stderr).not.toContain('AAAA')
  })

  test.each(['', '{"key":"AAAA"', 'AAAA'])(
    'that is not JSON is refused, quoted nowhere, and not sent',
    async (text) => {
      const done = await put(text)
      expect(done).toMatchObject({ status: 2, seen: [] })
      expect(done.stdout + done.stderr).not.toContain('AAAA')
    },
  )
})
