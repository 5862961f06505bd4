import { decodeCompactJws, mostAllowEntries, type TokenClaims } from '@assay/protocol'
import type { AllowEntry, CreatedApiKey } from '@assay/protocol/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntries } from '../../support/audit-log.ts'
import { imageOf, measure, signed, type TestDevice } from '../../support/device.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { audience, challenge, registerWebApp, webApp, webDevice } from '../../support/web-app.ts'

const allow = `/v1/apps/${webApp}/allow`
const day = 86_400_000
let service: ServiceUnderTest
let policyKey: CreatedApiKey

beforeAll(async () => {
  service = await runService()
  // What it measures is worth `warning`, which is refused here.
  await registerWebApp(service, { tiers: ['affirming'] })
  policyKey = (await service.call('POST', '/v1/keys', { body: { name: 'lab', scope: 'policy' } })).json
})
afterAll(() => service.close())

/** The claims of its token, or the code of its refusal. */
async function attest(device: TestDevice): Promise<TokenClaims | string> {
  const clientData = await measure(device, await challenge(service, device))
  const body = signed(device.key, clientData)
  const answer = await service.call('POST', '/v1/attestations', { body, key: null })
  if (answer.status !== 200) return (answer.json as { code: string }).code
  return decodeCompactJws((answer.json as { tokens: { token: string }[] }).tokens[0]?.token ?? '')
    ?.payload as unknown as TokenClaims
}

const inDays = (days: number) => new Date(service.now() + days * day).toISOString()
const add = async (body: object) =>
  (await service.call('POST', allow, { body, key: policyKey.secret })).json as AllowEntry
const remove = ({ installation }: AllowEntry) =>
  service.call('DELETE', `${allow}/${installation}?audience=${encodeURIComponent(audience)}`)

describe('the allow list', () => {
  it('lets nobody through while it is empty, and one device with its own tier when it names it', async () => {
    const [device, other] = [webDevice(), webDevice()]
    expect(await attest(device)).toBe('attestation_denied')
    const entry = await add({ audience, key: device.key.thumbprint, note: 'lab', expires_at: inDays(14) })
    expect(entry).toMatchObject({ app: webApp, audience, note: 'lab', author: policyKey.id })
    const claims = await attest(device)
    expect(claims).toMatchObject({ ear_status: 'warning', allowed: true, installation: entry.installation })
    expect(await attest(other)).toBe('attestation_denied')
    expect((await service.call('GET', allow)).json).toEqual({ entries: [entry] })
    expect((await remove(entry)).status).toBe(204)
    expect(await attest(device)).toBe('attestation_denied')
  })

  it('counts what it lets through separately', async () => {
    const device = webDevice()
    const entry = await add({ audience, key: device.key.thumbprint, expires_at: inDays(1) })
    await attest(device)
    await remove(entry)
    const { groups } = (await service.call('GET', '/v1/stats?by=code')).json as { groups: object[] }
    expect(groups).toContainEqual(expect.objectContaining({ code: 'ALLOW_LISTED', refused: 0 }))
  })

  it('overrides only the policy: changed code and banned devices are still refused', async () => {
    const device = webDevice()
    const entry = await add({ audience, key: device.key.thumbprint, expires_at: inDays(1) })
    const repackaged = imageOf({ 'app.js': Buffer.alloc(6_026, 1), 'vendor/lib.js': Buffer.alloc(9_026, 2) })
    expect(await attest({ ...device, image: repackaged })).toBe('attestation_denied')
    expect(await attest(device)).toMatchObject({ allowed: true })
    const body = { key: device.key.thumbprint }
    await service.call('POST', `/v1/apps/${webApp}/bans`, { body })
    expect(await attest(device)).toBe('attestation_denied')
    await service.call('DELETE', `/v1/apps/${webApp}/bans/installation-key/${body.key}`)
    await remove(entry)
  })

  it('says `allowed` only of a token that the policy would have refused', async () => {
    const device = webDevice()
    const entry = await add({ audience, key: device.key.thumbprint, expires_at: inDays(1) })
    const tiers = (list: string[]) =>
      service.call('PATCH', `/v1/apis?audience=${encodeURIComponent(audience)}`, { body: { tiers: list } })
    await tiers(['affirming', 'warning'])
    expect(await attest(device)).not.toHaveProperty('allowed')
    await tiers(['affirming'])
    await remove(entry)
  })

  it('lets nobody through after the end that every entry has', async () => {
    const device = webDevice()
    await add({ audience, key: device.key.thumbprint, expires_at: inDays(1) })
    expect(await attest(device)).toMatchObject({ allowed: true })
    service.advance(day)
    expect(await attest(device)).toBe('attestation_denied')
    expect((await service.call('GET', allow)).json).toEqual({ entries: [] })
  })

  it('is in the audit log', async () => {
    const { thumbprint: key } = webDevice().key
    const entry = await add({ audience, key, expires_at: inDays(1) })
    await add({ audience, installation: entry.installation, note: 'again', expires_at: inDays(2) })
    await remove(entry)
    expect(await auditEntries(service, 'limit=3')).toMatchObject([
      { action: 'allow.remove', before: { note: 'again' } },
      { action: 'allow.add', key: policyKey.id, before: { note: null }, after: { note: 'again' } },
      { action: 'allow.add', key: policyKey.id, before: null, after: { note: null } },
    ])
  })

  it('takes one name of a device, for an API of the app, until a day within 90', async () => {
    const { thumbprint: key } = webDevice().key
    const whole = { audience, key, expires_at: inDays(1) }
    for (const body of [
      { ...whole, expires_at: undefined },
      { ...whole, expires_at: inDays(-1) },
      { ...whole, expires_at: inDays(91) },
      { ...whole, key: undefined },
      { ...whole, installation: key },
      { ...whole, audience: undefined },
    ])
      expect((await service.problem('POST', allow, { body })).code).toBe('request_invalid')
    const elsewhere = { ...whole, audience: 'https://other.example.com' }
    expect((await service.problem('POST', allow, { body: elsewhere })).code).toBe('api_not_found')
    const none = `${allow}/${key}?audience=${encodeURIComponent(audience)}`
    expect((await service.problem('DELETE', none)).code).toBe('allow_entry_not_found')
    expect((await service.problem('POST', '/v1/apps/none/allow', { body: whole })).code).toBe('app_not_found')
  })

  it('takes 90 days of a caller whose clock is a little ahead', async () => {
    const body = { audience, key: webDevice().key.thumbprint }
    const within = (minutes: number) =>
      new Date(service.now() + 90 * 86_400_000 + minutes * 60_000).toISOString()
    const far = { ...body, expires_at: within(10) }
    expect((await service.problem('POST', allow, { body: far })).code).toBe('request_invalid')
    const { status } = await service.call('POST', allow, { body: { ...body, expires_at: within(2) } })
    expect(status).toBe(201)
  })

  it('is not available to keys that may only ban', async () => {
    const asked = { name: 's', scope: 'support', apps: [webApp], let_through: true }
    const support = (await service.call('POST', '/v1/keys', { body: asked })).json as CreatedApiKey
    const body = { audience, key: webDevice().key.thumbprint, expires_at: inDays(1) }
    expect((await service.problem('POST', allow, { body, key: support.secret })).code).toBe(
      'scope_insufficient',
    )
  })

  it(`holds ${mostAllowEntries} devices`, async () => {
    for (let i = 0; i < mostAllowEntries; i++)
      await add({ audience, key: webDevice().key.thumbprint, expires_at: inDays(1) })
    const body = { audience, key: webDevice().key.thumbprint, expires_at: inDays(1) }
    expect((await service.problem('POST', allow, { body })).code).toBe('allow_list_full')
  })
})
