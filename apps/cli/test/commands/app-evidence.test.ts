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
  test('go to the service as the file says, and are told as the service has them', async () => {
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

  test('settings that are no object are told before anything is sent', async () => {
    const done = await assay(['app', 'update', app.id, '--evidence', '-'], '[]')
    expect(done).toMatchObject({ status: 2, seen: [] })
  })
})

describe('app play-integrity-keys', () => {
  const decryption = `${'A'.repeat(43)}=`
  const verification = 'B'.repeat(124)
  const put = (text: string) => assay(['app', 'play-integrity-keys', app.id, '-'], text, 204)

  test.each([
    ['two lines', `${decryption}\n${verification}\n`],
    ['two lines, the other way round', `\n${verification}\r\n${decryption}`],
    ['JSON', JSON.stringify({ decryption, verification })],
  ])('takes %s, and shows neither key', async (_name, text) => {
    const done = await put(text)
    expect(done.status).toBe(0)
    expect(done.seen[0]).toMatchObject({ method: 'PUT', url: `/v1/apps/${app.id}/play-integrity-keys` })
    expect(done.sent()).toEqual({ decryption, verification })
    expect(done.stdout + done.stderr).not.toMatch(/AAAA|BBBB/)
  })

  test.each([
    ['one key', decryption],
    ['three', `${decryption} ${verification} ${verification}`],
    ['two of one kind', `${decryption} ${decryption}`],
    ['JSON of something else', '{"decryption":1}'],
    ['JSON that is broken', `{"decryption":"${decryption}"`],
    ['nothing', ''],
  ])('refuses %s, quotes nothing, and sends nothing', async (_name, text) => {
    const done = await put(text)
    expect(done).toMatchObject({ status: 2, seen: [] })
    expect(done.stdout + done.stderr).not.toMatch(/AAAA|BBBB/)
  })
})
