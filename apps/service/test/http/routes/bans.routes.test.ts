import { decodeCompactJws, statusListPath, type StatusListClaims, type TokenClaims } from '@assay/protocol'
import type { AttestationTrace, Ban, CreatedApiKey } from '@assay/protocol/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntries } from '../../support/audit-log.ts'
import { measure, signed, type TestDevice } from '../../support/device.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { audience, challenge, registerWebApp, webApp, webDevice } from '../../support/web-app.ts'

const bans = `/v1/apps/${webApp}/bans`
const second = 'https://second.example.com'
let service: ServiceUnderTest
let support: CreatedApiKey

beforeAll(async () => {
  service = await runService()
  await registerWebApp(service)
  await service.call('POST', '/v1/apis', {
    body: { audience: second, apps: [webApp], tiers: ['affirming', 'warning'] },
  })
  const body = { name: 'support', scope: 'support', apps: [webApp] }
  support = (await service.call('POST', '/v1/keys', { body })).json
})
afterAll(() => service.close())

/** What a genuine device gets: the claims of its token, or the code that the operator finds. */
async function attest(device: TestDevice): Promise<TokenClaims | string> {
  const clientData = await measure(device, await challenge(service, device))
  const body = signed(device.key, clientData)
  const answer = await service.call('POST', '/v1/attestations', { body, key: null })
  if (answer.status === 200)
    return decodeCompactJws((answer.json as { tokens: { token: string }[] }).tokens[0]?.token ?? '')
      ?.payload as unknown as TokenClaims
  service.advance(1_100)
  const { code, trace } = answer.json as { code: string; trace: string }
  if (code !== 'attestation_denied') return code
  for (let tries = 0; tries < 50; tries++) {
    const found = await service.call('GET', `/v1/attestations/${trace}`)
    if (found.status === 200) return (found.json as AttestationTrace).code
  }
  return code
}

const claimsOf = async (device: TestDevice): Promise<TokenClaims> => {
  const claims = await attest(device)
  if (typeof claims === 'string') throw new Error(claims)
  return claims
}
const add = async (body: object) =>
  (await service.call('POST', bans, { body, key: support.secret })).json as Ban
const lift = ({ kind, vouching_key: key }: Ban) => service.call('DELETE', `${bans}/${kind}/${key}`)

async function listOf(api: string): Promise<StatusListClaims> {
  service.advance(5_000)
  const { text } = await service.call('GET', statusListPath(api), { key: null })
  return decodeCompactJws(text)?.payload as unknown as StatusListClaims
}
const listed = async (api: string) => (await listOf(api)).banned

describe('a ban of an installation that no hardware vouches for', () => {
  it('applies by its key, at every API, and reaches guards, until it is lifted', async () => {
    const [device, twin] = [webDevice(), webDevice()]
    const { installation } = await claimsOf(device)
    const ban = await add({ key: device.key.thumbprint, note: 'sells accounts' })
    expect(ban).toEqual({
      ...{ app: webApp, kind: 'installation-key', vouching_key: device.key.thumbprint, audience: null },
      ...{ note: 'sells accounts', author: support.id, by_support: true, expires_at: null },
      created_at: expect.stringMatching(/Z$/) as string,
    })
    expect(await attest(device)).toBe('INSTALLATION_BANNED')
    expect(await attest({ ...device, audiences: [second] })).toBe('INSTALLATION_BANNED')
    expect(await attest(twin)).toMatchObject({ sub: webApp })
    expect(await listed(audience)).toEqual([installation])
    expect(await listed(second)).toHaveLength(1)
    expect((await lift(ban)).status).toBe(204)
    expect(await attest(device)).toMatchObject({ installation })
    expect(await listed(audience)).toEqual([])
  })

  it('applies by the name that one API uses, at the other APIs too', async () => {
    const [device, twin] = [webDevice(), webDevice()]
    const { installation } = await claimsOf(device)
    const ban = await add({ audience, installation })
    expect(ban).toMatchObject({ kind: 'installation-name', vouching_key: installation, audience })
    expect(await attest(device)).toBe('INSTALLATION_BANNED')
    expect(await attest({ ...device, audiences: [second] })).toBe('INSTALLATION_BANNED')
    expect(await attest(twin)).toMatchObject({ sub: webApp })
    // An operator stated the name: it counts for this app alone.
    const named = { banned: [], banned_of_apps: [{ app: webApp, installation }] }
    expect(await listOf(audience)).toMatchObject(named)
    expect(await listed(second)).toEqual([])
    await lift(ban)
    expect(await attest(device)).toMatchObject({ installation })
  })

  it('that an operator made is neither replaced nor lifted by support', async () => {
    const { key } = webDevice()
    const body = { key: key.thumbprint, note: 'for good' }
    const ban = (await service.call('POST', bans, { body })).json as Ban
    const soon = { key: key.thumbprint, expires_at: new Date(service.now() + 1_000).toISOString() }
    const target = `${bans}/${ban.kind}/${ban.vouching_key}`
    const of = { key: support.secret }
    expect((await service.problem('POST', bans, { body: soon, ...of })).code).toBe('scope_insufficient')
    expect((await service.problem('DELETE', target, of)).code).toBe('scope_insufficient')
    expect((await service.call('GET', bans)).json).toEqual({ bans: [ban] })
    await lift(ban)
    expect((await service.problem('DELETE', target, of)).code).toBe('ban_not_found')
  })

  it('that support made is lifted by support', async () => {
    const { kind, vouching_key: key } = await add({ key: webDevice().key.thumbprint })
    expect((await service.call('DELETE', `${bans}/${kind}/${key}`, { key: support.secret })).status).toBe(204)
  })

  it('of many devices at once is not for support', async () => {
    const body = { key: webDevice().key.thumbprint, batch: true }
    expect((await service.problem('POST', bans, { body, key: support.secret })).code).toBe(
      'scope_insufficient',
    )
  })

  it('expires', async () => {
    const device = webDevice()
    const expires_at = new Date(service.now() + 60_000).toISOString()
    const ban = await add({ key: device.key.thumbprint, expires_at })
    expect(ban.expires_at).toBe(expires_at)
    expect(await attest(device)).toBe('INSTALLATION_BANNED')
    service.advance(60_000)
    expect(await attest(device)).toMatchObject({ sub: webApp })
    expect((await service.call('GET', bans)).json).toEqual({ bans: [] })
  })

  it('is in the audit log, with its previous state', async () => {
    const { key } = webDevice()
    await add({ key: key.thumbprint })
    const ban = await add({ key: key.thumbprint, note: 'again' })
    await lift(ban)
    expect(await auditEntries(service, 'limit=3')).toMatchObject([
      { action: 'ban.remove', before: { note: 'again' }, after: null },
      { action: 'ban.add', key: support.id, before: { note: null }, after: { note: 'again' } },
      { action: 'ban.add', key: support.id, before: null, after: { note: null } },
    ])
  })

  it('names one installation, in one way, and ends in the future', async () => {
    const { thumbprint: key } = webDevice().key
    const installation = 'A'.repeat(43)
    for (const body of [
      {},
      { audience },
      { installation },
      { audience, key },
      { audience, installation, key },
      { key: 'short' },
      { key, note: '' },
      { key, expires_at: new Date(service.now()).toISOString() },
      { key, expires_at: 'tomorrow' },
    ])
      expect((await service.problem('POST', bans, { body })).code).toBe('request_invalid')
    const elsewhere = { audience: 'https://other.example.com', installation }
    expect((await service.problem('POST', bans, { body: elsewhere })).code).toBe('api_not_found')
  })
})
