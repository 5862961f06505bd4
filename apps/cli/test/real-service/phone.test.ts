import { writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  buildIpa,
  createAppleCa,
  createDevice,
  createGooglePlay,
  simulateIphone,
  testVendors,
  type Iphone,
} from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { imageOf, realService, type RealService } from './a-real-service.ts'

const app = 'com.example.phone'
const appId = `ABCDE12345.${app}`
const audience = 'https://api.example.com'
const scripts = { 'www/app.js': `export const app = '${'a'.repeat(6000)}'` }
const apple = createAppleCa()
let service: RealService

const evidence = { apple_app_attest: { app_ids: [appId], environments: ['production'], system: 'ios' } }

beforeAll(async () => {
  service = await realService((folder) => {
    const file = path.join(folder, 'vendors.json')
    writeFileSync(file, JSON.stringify(testVendors({ apple })))
    return ['--test-vendors', file]
  })
  const ipa = path.join(service.folder, 'App.ipa')
  const files = Object.fromEntries(Object.entries(scripts).map(([name, text]) => [name, Buffer.from(text)]))
  writeFileSync(ipa, await buildIpa({ bundleId: app, bundleVersion: '7', files }))
  const commands: [string[], string?][] = [
    [['app', 'add', app, '--platform', 'ios', '--evidence', '-'], JSON.stringify(evidence)],
    [['build', 'add', ipa, '--app', app, '--id', '1']],
    [['api', 'add', audience, '--app', app, '--tier', 'affirming', 'warning']],
  ]
  for (const [args, stdin = ''] of commands) {
    const done = await service.assay(args, { stdin })
    expect(done.status, done.stderr).toBe(0)
  }
})
afterAll(() => service.close())

/** Attests once, and gives what the service answered. */
async function attest(phone: Iphone | undefined): Promise<{ trace: string; token: string }> {
  const device = await createDevice({
    apk: imageOf(scripts),
    endpoint: service.url,
    app,
    build: '1',
    audiences: { [audience]: audience },
    ...(phone === undefined ? {} : { evidence: phone.evidence }),
  })
  await device.client.getToken().catch(() => undefined)
  device.close()
  const answer = device.exchanges.at(-1)?.response as { trace: string; tokens?: { token: string }[] }
  return { trace: answer.trace, token: answer.tokens?.[0]?.token ?? '' }
}

/** The trace of a refusal, once it is kept. */
async function traceOf(phone: Iphone | undefined): Promise<string> {
  const { trace } = await attest(phone)
  await expect.poll(async () => (await service.assay(['attestation', 'show', trace])).status).toBe(0)
  return trace
}

describe('why a device was refused', () => {
  test('for evidence that does not hold', async () => {
    const trace = await traceOf(simulateIphone({ apple, appId: `OTHER12345.${app}` }))
    const shown = await service.assay(['attestation', 'show', trace])
    expect(shown.stdout).toMatch(/code +APP_ATTEST_APP_ID/)
    expect(shown.stdout).toMatch(/see +docs\/errors\.md, "Evidence: App Attest"/)
    const explained = await service.assay(['doctor', trace])
    expect(explained.stdout).toContain('The attestation was made by an app with another team or bundle id.')
  })

  test('for an appraisal that no API accepts: tier, policy, every reason, and the vector', async () => {
    const trace = await traceOf(undefined)
    const shown = await service.assay(['attestation', 'show', trace])
    expect(shown.stdout).toMatch(/tier +contraindicated, by policy balanced, version 1/)
    expect(shown.stdout).toMatch(/reasons +HARDWARE_EVIDENCE_MISSING/)
    expect(shown.stdout).toMatch(/AR4SI device +contraindicated: hardware 97/)
    const explained = await service.assay(['doctor', trace])
    expect(explained.stdout).toContain('How it was appraised')
    expect(explained.stdout).toMatch(/^ {2}HARDWARE_EVIDENCE_MISSING, as above$/m)
    expect(explained.stdout).toMatch(/^ {2}evidence +software measurement; apple_app_attest .*ABCDE12345/m)
    expect(explained.stdout).toContain('balanced (default)')
    const { stdout } = await service.assay(['doctor', trace, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      appraisal: {
        tier: 'contraindicated',
        reasons: expect.arrayContaining([expect.objectContaining({ code: 'HARDWARE_EVIDENCE_MISSING' })]),
      },
      app: { evidence, policy: null },
    })
  })
})

describe('policies', () => {
  test('are saved from a built-in one, name the place of a fault, and stay while they are named', async () => {
    const { stdout: strict } = await service.assay(['policy', 'show', 'strict', '--document'])
    expect((await service.assay(['policy', 'set', 'ours', '-'], { stdin: strict })).stdout).toBe(
      'Saved ours, version 1.\n',
    )
    expect((await service.assay(['app', 'update', app, '--policy', 'ours'])).stdout).toMatch(/policy +ours/)
    const broken = {
      ...(JSON.parse(strict) as object),
      rules: [{ when: 'software.meassured', tier: 'warning' }],
    }
    const refused = await service.assay(['policy', 'set', 'ours', '-'], { stdin: JSON.stringify(broken) })
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain('POLICY_CLAIM_UNKNOWN at /rules/0/when: ')
    expect((await service.assay(['policy', 'remove', 'ours', '--yes'])).stderr).toContain('[policy_in_use]')
    await service.assay(['app', 'update', app, '--no-policy'])
    expect((await service.assay(['policy', 'remove', 'ours', '--yes'])).status).toBe(0)
  })
})

test('the keys of classic Play Integrity requests are taken if they are such keys', async () => {
  const android = ['app', 'add', 'com.example.android', '--platform', 'android', '--evidence', '-']
  const settings = { play_integrity: { request: 'classic', calls_per_day: 100, max_age: 300 } }
  expect((await service.assay(android, { stdin: JSON.stringify(settings) })).status).toBe(0)
  const put = (keys: object) =>
    service.assay(['app', 'secret', 'com.example.android', 'play-integrity-keys', '-'], {
      stdin: JSON.stringify(keys),
    })
  const { keys } = createGooglePlay()
  expect((await put(keys)).status).toBe(0)
  const refused = await put({ ...keys, verification: 'A'.repeat(124) })
  expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('not_play_integrity_keys') })
  expect((await service.assay(['app', 'remove', 'com.example.android', '--yes'])).status).toBe(0)
})

test('a phone is banned by the name that its token gives the installation, and the ban is lifted', async () => {
  const { token } = await attest(simulateIphone({ apple, appId }))
  const verified = await service.assay(['token', 'verify', '-', '--json'], { stdin: token })
  const { claims } = JSON.parse(verified.stdout) as { claims: { installation: string } }
  const named = ['--audience', audience, '--installation', claims.installation]
  const added = await service.assay(['ban', 'add', '--app', app, ...named, '--json'])
  const { kind, vouching_key } = JSON.parse(added.stdout) as { kind: string; vouching_key: string }
  expect(kind).toBe('app-attest-key')
  const ban = ['--app', app, '--kind', kind, '--vouching-key', vouching_key]
  expect((await service.assay(['ban', 'remove', ...ban, '--yes'])).status).toBe(0)
  expect((await service.assay(['ban', 'remove', ...ban, '--yes'])).stderr).toContain('[ban_not_found]')
})

test('doctor calls a service that believes test roots unsafe', async () => {
  const done = await service.assay(['doctor'])
  expect(done.status).toBe(1)
  expect(done.stdout).toMatch(/^fault +DOCTOR_TEST_VENDORS$/m)
})
