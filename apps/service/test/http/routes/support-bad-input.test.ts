import type { InstallationStats, ListedInstallation } from '@assay/protocol/schemas'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { measure, signed, type TestDevice } from '../../support/device.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { audience, challenge, registerWebApp, webApp, webDevice } from '../../support/web-app.ts'

const installations = `/v1/apps/${webApp}/installations`
let service: ServiceUnderTest

beforeAll(async () => {
  service = await runService()
  await registerWebApp(service, { tiers: ['affirming'] })
  await service.call('PATCH', `/v1/apps/${webApp}`, { body: { references: true } })
})
afterAll(() => service.close())

interface Sent {
  reference?: unknown
  userAgent?: string
}

async function prepared(device: TestDevice, reference?: unknown) {
  const clientData = await measure(device, await challenge(service, device))
  return signed(device.key, reference === undefined ? clientData : { ...clientData, reference })
}

/** Code of the refusal: what it measures is worth `warning`, which the API does not take. */
async function codeOf(device: TestDevice, { reference, userAgent = 'test' }: Sent = {}) {
  const { code, trace } = await service.problem('POST', '/v1/attestations', {
    body: await prepared(device, reference),
    headers: { 'user-agent': userAgent },
    key: null,
  })
  return { code, trace: trace ?? '' }
}

const found = async (body: object) =>
  (await service.call('POST', `${installations}/find`, { body })).json as {
    installations?: ListedInstallation[]
  }

const malformed = 'client_data_malformed'
const invalid = 'request_invalid'
const controls = ['', 'a\u0000b', 'line\nbreak', '\u001b]0;owned\u0007', 'a\u0085b']
const surrogates = ['\ud800', 'x\udc00y']

it.each([
  ...[...controls, 'ä'.repeat(65), 7, null, ['a'], { a: 1 }].map((one) => [one, malformed, invalid] as const),
  // No request of an operator is other than Unicode.
  ...surrogates.map((one) => [one, malformed, 'json_invalid'] as const),
])('a reference of another form is refused, and in no log: %j', async (reference, sent, asked) => {
  expect((await codeOf(webDevice(), { reference })).code).toBe(sent)
  const body = { reference }
  expect((await service.problem('POST', `${installations}/find`, { body })).code).toBe(asked)
  for (const line of service.log().trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow()
  expect(service.log()).not.toMatch(/owned|break/)
})

it('a reference of 100,000 bytes is more than any request may have', async () => {
  const reference = 'x'.repeat(100_000)
  expect((await codeOf(webDevice(), { reference })).code).toBe(invalid)
  const { code } = await service.problem('POST', `${installations}/find`, { body: { reference } })
  expect(code).toBe('body_too_large')
  expect(service.log()).not.toMatch(/x{100}/)
})

it.each([
  '\u202egnp.\u2066exe',
  '<script>alert(1)</script>',
  '\'"; drop table apps --',
  '\u{1f600}'.repeat(32),
])('a reference that is only strange is text: %s', async (reference) => {
  const device = webDevice()
  await codeOf(device, { reference })
  expect((await found({ reference })).installations).toMatchObject([{ key: device.key.thumbprint }])
  expect(service.log()).not.toContain(reference)
})

it('forged versions of the system are counted as what can be one, or not at all', async () => {
  const userAgents = [
    'Dalvik/2.1.0 (Linux; U; Android 16; <script>alert(1)</script>)',
    'Android 99999',
    'Android 16.0.0.0.0.1',
    `Android ${'9'.repeat(5_000)}`,
    'Android -1',
    'iPhone OS 1e9 like Mac OS X',
    'Android 16\u0085\u00ad\u00a0',
  ]
  for (const userAgent of userAgents) await codeOf(webDevice(), { userAgent })
  const { groups } = (await service.call('GET', '/v1/stats/installations?by=os_version'))
    .json as InstallationStats
  expect(groups.map(({ os_version: version }) => version)).toContain('Android 16')
  for (const { os_version: version } of groups) expect(version).toMatch(/^(|Android 16|iOS 1)$/)
})

it('an installation that is forgotten between challenge and evidence is judged, and has no past', async () => {
  const device = webDevice()
  const first = await codeOf(device)
  const body = { audience, trace: first.trace, expires_at: new Date(service.now() + 3_600_000).toISOString() }
  const { secret } = (
    await service.call('POST', '/v1/keys', {
      body: { name: 'desk', scope: 'support', apps: [webApp], let_through: true },
    })
  ).json as { secret: string }
  const target = `${installations}/${device.key.thumbprint}`
  expect((await service.call('POST', `${target}/let-through`, { body, key: secret })).status).toBe(201)
  const late = await prepared(device)
  expect((await service.call('DELETE', target, { key: secret })).status).toBe(200)
  const { code, trace } = await service.problem('POST', '/v1/attestations', { body: late, key: null })
  expect(code).toBe('attestation_denied')
  const { traces, allowed } = (await service.call('GET', target)).json as unknown as {
    traces: { trace: string }[]
    allowed: unknown[]
  }
  expect([traces.map((one) => one.trace), allowed]).toEqual([[trace], []])
})

it('an installation that is forgotten while it attests gets an answer each time, and so does support', async () => {
  const device = webDevice()
  await codeOf(device)
  const bodies = await Promise.all(Array.from({ length: 8 }, () => prepared(device)))
  const [answers, forgotten] = await Promise.all([
    Promise.all(bodies.map((body) => service.call('POST', '/v1/attestations', { body, key: null }))),
    Promise.all(
      Array.from({ length: 8 }, () => service.call('DELETE', `${installations}/${device.key.thumbprint}`)),
    ),
  ])
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]))
  expect(forgotten.some(({ status }) => status === 200)).toBe(true)
  for (const { status } of forgotten) expect([200, 404]).toContain(status)
})
