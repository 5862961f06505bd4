import { decodeCompactJws, paths } from '@assay/protocol'
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { challengeBody, measure, signed, type TestDevice } from '../../support/device.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import {
  attestation,
  audience as ordinary,
  challenge,
  registerWebApp,
  webApp,
  webDevice,
} from '../../support/web-app.ts'

const audience = 'https://spring.example.com'
let service: ServiceUnderTest

const encoded = encodeURIComponent(audience)
const register = (more: object = {}) =>
  service.call('POST', '/v1/apis', {
    body: { audience, apps: [webApp], tiers: ['affirming', 'warning'], token: 'access', ...more },
  })
const patch = (body: object) => service.call('PATCH', `/v1/apis?audience=${encoded}`, { body })

beforeAll(async () => {
  service = await runService()
  await registerWebApp(service)
})
afterAll(() => service.close())
beforeEach(async () => {
  await service.call('DELETE', `/v1/apis?audience=${encoded}`)
  expect((await register()).status).toBe(201)
})

const device = (more: Partial<TestDevice> = {}) =>
  webDevice({ audiences: [audience], tokenKinds: ['attestation', 'access'], ...more })

/** The code of the refusal of an attestation whose client data names these APIs, whatever its challenge was asked for. */
async function refusalOf(one: TestDevice, audiences = one.audiences): Promise<string> {
  const clientData = await measure(one, await challenge(service, one))
  const body = signed(one.key, { ...clientData, audiences })
  return (await service.problem('POST', paths.attestations, { body, key: null })).code
}

describe('an API of kind access', () => {
  it('gets a token that a stock library verifies, bound by thumbprint, and the scheme that it is sent with', async () => {
    const one = device()
    const { tokens } = await attestation(service, one)
    expect(tokens).toEqual([
      { audience, token: expect.any(String), expires_in: expect.any(Number), token_type: 'DPoP' },
    ])
    const jwks = (await service.call('GET', paths.jwks, { key: null })).json as JSONWebKeySet
    const { payload } = await jwtVerify(tokens[0]?.token ?? '', createLocalJWKSet(jwks), {
      typ: 'at+jwt',
      issuer: service.url,
      audience,
      currentDate: new Date(service.now()),
    })
    expect(payload).toMatchObject({
      client_id: webApp,
      sub: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      cnf: { jkt: one.key.thumbprint },
      ear_status: 'warning',
    })
    expect((payload.exp as number) - (payload.iat as number)).toBeLessThanOrEqual(300)
    for (const name of ['installation', 'mode', 'allowed']) expect(payload).not.toHaveProperty(name)
  })

  it('gets one without a key in bearer mode', async () => {
    await patch({ mode: 'bearer' })
    const [issued] = (await attestation(service, device())).tokens
    expect(issued?.token_type).toBe('Bearer')
    expect(decodeCompactJws(issued?.token ?? '')?.payload).not.toHaveProperty('cnf')
  })

  it('beside one of the other kind, each its own, with another name for the installation', async () => {
    const { tokens } = await attestation(service, device({ audiences: [ordinary, audience] }))
    const [first, second] = tokens.map(({ token }) => decodeCompactJws(token))
    expect(tokens.map(({ token_type }) => token_type)).toEqual([undefined, 'DPoP'])
    expect([first?.header['typ'], second?.header['typ']]).toEqual(['oauth-client-attestation+jwt', 'at+jwt'])
    expect(second?.payload['sub']).not.toBe(first?.payload['installation'])
  })

  it.each([
    ['says nothing of kinds', {}],
    ['knows only the other kind', { tokenKinds: ['attestation'] }],
  ])('gets none for a client that %s', async (_what, { tokenKinds }: { tokenKinds?: string[] }) => {
    const { tokenKinds: _, ...older } = device()
    const body = challengeBody({ ...older, ...(tokenKinds === undefined ? {} : { tokenKinds }) })
    expect(await service.problem('POST', paths.challenges, { body, key: null })).toMatchObject({
      code: 'token_kind_unsupported',
      status: 403,
    })
  })

  it('gets none, and the operator finds the refusal by its trace', async () => {
    const { tokenKinds: _, ...older } = device()
    const { headers } = await service.call('POST', paths.challenges, {
      body: challengeBody(older),
      key: null,
    })
    const trace = headers.get('assay-trace')
    expect((await service.call('GET', `/v1/attestations/${trace}`)).json).toMatchObject({
      app: webApp,
      outcome: 'denied',
      code: 'token_kind_unsupported',
    })
  })

  it('gets none either for one that names it only in client data', async () => {
    const { tokenKinds: _, ...older } = device({ audiences: [ordinary] })
    expect(await refusalOf(older, [ordinary, audience])).toBe('token_kind_unsupported')
  })

  it('gets none for a tier that it does not admit', async () => {
    await patch({ tiers: ['affirming'] })
    expect(await refusalOf(device())).toBe('attestation_denied')
  })
})

describe('the allow list', () => {
  const expires_at = () => new Date(service.now() + 86_400_000).toISOString()
  const allow = (key: string) =>
    service.call('POST', `/v1/apps/${webApp}/allow`, { body: { audience, key, expires_at: expires_at() } })

  it('takes no entry for an API of kind access', async () => {
    expect((await allow(device().key.thumbprint)).json).toMatchObject({
      code: 'request_invalid',
      errors: [{ pointer: '/audience', code: 'other_token_kind' }],
    })
  })

  it('lets nobody through at one whose audience had an entry under the other kind', async () => {
    const one = device()
    await service.call('DELETE', `/v1/apis?audience=${encoded}`)
    await register({ token: 'attestation', tiers: ['affirming'] })
    expect((await allow(one.key.thumbprint)).status).toBe(201)
    const [issued] = (await attestation(service, one)).tokens
    expect(decodeCompactJws(issued?.token ?? '')?.payload).toMatchObject({ allowed: true })
    await service.call('DELETE', `/v1/apis?audience=${encoded}`)
    await register({ tiers: ['affirming'] })
    expect(await refusalOf(one)).toBe('attestation_denied')
  })
})
