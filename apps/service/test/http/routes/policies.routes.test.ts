import { presetNames } from '@assay/appraisal'
import { presetDocuments } from '../../schemes.ts'
import type { StoredPolicy } from '@assay/protocol/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { attestation, audience, registerWebApp, webApp, webDevice } from '../../support/web-app.ts'

let service: ServiceUnderTest

beforeAll(async () => {
  service = await runService()
  await registerWebApp(service)
})
afterAll(() => service.close())

const document = {
  required: [{ claim: 'evidence.software.measured', one_of: [true] }],
  rules: [{ when: "software.platform == 'web'", tier: 'affirming' }],
}
const put = (id: string, body: unknown) => service.call('PUT', `/v1/policies/${id}`, { body })

describe('policies', () => {
  it('are the built-in ones at first, with documents to start from', async () => {
    const { policies } = (await service.call('GET', '/v1/policies')).json as { policies: StoredPolicy[] }
    expect(policies.map(({ id }) => id)).toEqual([...presetNames])
    const strict = (await service.call('GET', '/v1/policies/strict')).json as StoredPolicy
    expect(strict).toMatchObject({ preset: true, created_at: null })
    expect(strict.document).toEqual(presetDocuments.get('strict'))
  })

  it('of the operator are saved, changed, shown and removed', async () => {
    expect((await put('own', document)).json).toMatchObject({ id: 'own', version: 1, document })
    expect((await put('own', document)).json).toMatchObject({ version: 2 })
    expect((await service.call('GET', '/v1/policies/own')).json).toMatchObject({ version: 2, document })
    expect((await service.call('DELETE', '/v1/policies/own')).status).toBe(204)
    expect((await service.problem('DELETE', '/v1/policies/own')).code).toBe('policy_not_found')
    expect((await service.problem('GET', '/v1/policies/own')).code).toBe('policy_not_found')
  })

  it.each([
    ['a tier that there is not', [{ when: 'true', tier: 'none' }], '/rules/0/tier'],
    ['a claim that there is not', [{ when: 'evidence.none.here', tier: 'warning' }], '/rules/0/when'],
    ['a rule that is no CEL', [{ when: 'a ==', tier: 'warning' }], '/rules/0/when'],
    ['no rule', [], '/rules'],
  ])('with %s are refused, with the place, and change nothing', async (_what, rules, pointer) => {
    const problem = await service.problem('PUT', '/v1/policies/broken', { body: { ...document, rules } })
    expect(problem).toMatchObject({ code: 'policy_invalid', errors: [{ pointer }] })
    expect((await service.problem('GET', '/v1/policies/broken')).code).toBe('policy_not_found')
  })

  it('that are built in are neither replaced nor removed', async () => {
    expect((await service.problem('PUT', '/v1/policies/strict', { body: document })).code).toBe(
      'policy_reserved',
    )
    expect((await service.problem('DELETE', '/v1/policies/observe')).code).toBe('policy_reserved')
  })

  it('can be named by apps and APIs only if they exist, and cannot be removed while they are named', async () => {
    const named = { body: { policy: 'shop' } }
    expect((await service.problem('PATCH', `/v1/apps/${webApp}`, named)).code).toBe('policy_not_found')
    const api = { audience: 'https://shop.example.com', apps: [webApp], tiers: ['affirming'], policy: 'shop' }
    expect((await service.problem('POST', '/v1/apis', { body: api })).code).toBe('policy_not_found')
    await put('shop', document)
    expect((await service.call('PATCH', `/v1/apps/${webApp}`, named)).json).toMatchObject({ policy: 'shop' })
    expect((await service.problem('DELETE', '/v1/policies/shop')).code).toBe('policy_in_use')
    await service.call('PATCH', `/v1/apps/${webApp}`, { body: { policy: null } })
    expect((await service.call('DELETE', '/v1/policies/shop')).status).toBe(204)
  })

  it("decide: the API's before the app's before the default", async () => {
    const tierOf = async () => {
      const [token] = (await attestation(service, webDevice())).tokens
      return JSON.parse(Buffer.from(token?.token.split('.')[1] ?? '', 'base64url').toString()) as object
    }
    expect(await tierOf()).toMatchObject({ aud: audience, ear_status: 'warning' })
    await put('web', document)
    await service.call('PATCH', `/v1/apps/${webApp}`, { body: { policy: 'web' } })
    expect(await tierOf()).toMatchObject({ ear_status: 'affirming' })
    await service.call('DELETE', `/v1/apis?audience=${encodeURIComponent(audience)}`)
    await service.call('POST', '/v1/apis', {
      body: { audience, apps: [webApp], tiers: ['affirming', 'warning'], policy: 'observe' },
    })
    expect(await tierOf()).toMatchObject({ ear_status: 'warning' })
  })

  it('are for administrators only', async () => {
    expect((await service.problem('GET', '/v1/policies', { key: null })).code).toBe('unauthorized')
    expect((await service.problem('PUT', '/v1/policies/own', { body: document, key: null })).code).toBe(
      'unauthorized',
    )
  })
})
