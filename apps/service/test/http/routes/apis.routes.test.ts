import type { ProblemDocument } from '@assay/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'

let service: ServiceUnderTest
const app = 'com.example.app'
const audience = 'https://api.example.com/v1'

beforeAll(async () => {
  service = await runService()
  await service.call('POST', '/v1/apps', { body: { id: app, platform: 'web' } })
})
afterAll(() => service.close())

const add = (more: object = {}) =>
  service.call('POST', '/v1/apis', { body: { audience, apps: [app], tiers: ['affirming'], ...more } })

describe('APIs', () => {
  it('are added, listed, shown and removed, by path and by query', async () => {
    const added = await add()
    expect(added.status).toBe(201)
    expect(added.json).toEqual({
      audience,
      name: audience,
      apps: [app],
      tiers: ['affirming'],
      token: 'attestation',
      channels: ['production'],
      mode: 'bound',
      policy: null,
      allow_listed: false,
      enforcement: 'enforce',
      token_lifetime: 300,
      origins: [],
      created_at: expect.any(String),
    })
    const encoded = encodeURIComponent(audience)
    expect((await service.call('GET', '/v1/apis')).json).toEqual({ apis: [added.json] })
    expect((await service.call('GET', `/v1/apis/${encoded}`)).json).toEqual(added.json)
    expect((await service.call('GET', `/v1/apis?audience=${encoded}`)).json).toEqual({ apis: [added.json] })
    expect(
      await service.problem('POST', '/v1/apis', { body: { audience, apps: [app], tiers: ['warning'] } }),
    ).toMatchObject({
      code: 'api_exists',
      status: 409,
    })
    expect((await service.call('DELETE', `/v1/apis/${encoded}`)).status).toBe(204)
    await add()
    expect((await service.call('DELETE', `/v1/apis?audience=${encoded}`)).status).toBe(204)
    expect((await service.problem('DELETE', `/v1/apis?audience=${encoded}`)).code).toBe('api_not_found')
    expect((await service.problem('GET', `/v1/apis/${encoded}`)).code).toBe('api_not_found')
    expect((await service.problem('DELETE', '/v1/apis')).code).toBe('request_invalid')
  })

  it('name the tiers that they admit: there is no default, and the tier none cannot be admitted', async () => {
    for (const tiers of [undefined, [], ['none'], ['warning', 'warning']]) {
      expect((await add({ tiers })).json).toMatchObject({ code: 'request_invalid' })
    }
  })

  it.each([
    ['an audience that is no URL', { audience: 'api' }, '/audience'],
    ['no app', { apps: [] }, '/apps'],
    ['a lifetime beyond 900 s', { token_lifetime: 901 }, '/token_lifetime'],
    ['a bearer lifetime beyond 300 s', { mode: 'bearer', token_lifetime: 301 }, '/token_lifetime'],
    ['any origin', { origins: ['*'] }, '/origins/0'],
    ['an origin with a path', { origins: ['https://a.example/x'] }, '/origins/0'],
  ])('are refused with %s', async (_what, more, pointer) => {
    const problem = (await add(more)).json as ProblemDocument
    expect(problem.code).toBe('request_invalid')
    expect([...new Set(problem.errors?.map((error) => error.pointer))]).toEqual([pointer])
  })

  it('are changed only in the given members, by path and by query', async () => {
    const added = (await add({ enforcement: 'observe', origins: ['https://a.example'] })).json as object
    const path = `/v1/apis/${encodeURIComponent(audience)}`
    const changed = await service.call('PATCH', path, {
      body: { enforcement: 'enforce', tiers: ['warning'] },
    })
    expect(changed.status).toBe(200)
    expect(changed.json).toEqual({ ...added, enforcement: 'enforce', tiers: ['warning'] })
    const query = `/v1/apis?audience=${encodeURIComponent(audience)}`
    const again = await service.call('PATCH', query, {
      body: { origins: [], policy: 'strict', name: 'Orders' },
    })
    expect(again.json).toEqual({ ...(changed.json as object), origins: [], policy: 'strict', name: 'Orders' })
    const back = { ...(again.json as object), policy: null }
    expect((await service.call('PATCH', path, { body: { policy: null } })).json).toEqual(back)
    expect((await service.call('GET', path)).json).toEqual(back)
    await service.call('DELETE', path)
  })

  it('cannot be changed to invalid values', async () => {
    const added = (await add({ token_lifetime: 900 })).json
    const path = `/v1/apis/${encodeURIComponent(audience)}`
    const refused = async (body: object) => (await service.problem('PATCH', path, { body })).code
    expect(await refused({ mode: 'bearer' })).toBe('request_invalid')
    expect(await refused({ tiers: ['affirming'], apps: [app, 'com.example.unknown'] })).toBe('app_not_found')
    expect(await refused({ apps: [] })).toBe('request_invalid')
    expect(await refused({ audience: 'https://other.example' })).toBe('request_invalid')
    expect(await refused({ policy: 'ours' })).toBe('policy_not_found')
    expect((await service.call('GET', path)).json).toEqual(added)
    expect(
      (await service.call('PATCH', path, { body: { mode: 'bearer', token_lifetime: 300 } })).status,
    ).toBe(200)
    await service.call('DELETE', path)
    expect(await refused({ name: 'Orders' })).toBe('api_not_found')
  })

  describe('of kind access', () => {
    const access = { token: 'access', token_lifetime: 300 }
    const path = `/v1/apis/${encodeURIComponent(audience)}`
    const wrong = [
      ['that only observes', { enforcement: 'observe' }, '/enforcement'],
      ['with two apps', { apps: [app, 'com.example.second'] }, '/apps'],
      ['whose tokens outlive a ban for longer than 300 s', { token_lifetime: 301 }, '/token_lifetime'],
      ['that admits contraindicated', { tiers: ['affirming', 'contraindicated'] }, '/tiers'],
    ] as const

    it('say so, in either mode', async () => {
      for (const mode of ['bound', 'bearer']) {
        expect((await add({ ...access, mode })).json).toMatchObject({ token: 'access', mode })
        expect((await service.call('GET', path)).json).toMatchObject({ token: 'access', mode })
        await service.call('DELETE', path)
      }
    })

    it.each([
      ...wrong,
      ['for development, whose key is in another JWKS', { development: true }, '/development'],
    ] as const)('are not registered %s', async (_what, more, pointer) => {
      expect((await add({ ...access, ...more })).json).toMatchObject({
        code: 'request_invalid',
        errors: [{ pointer, code: 'other_token_kind' }],
      })
      expect((await service.call('GET', '/v1/apis')).json).toEqual({ apis: [] })
    })

    it.each(wrong)('do not become one %s', async (_what, body, pointer) => {
      await service.call('POST', '/v1/apps', { body: { id: 'com.example.second', platform: 'web' } })
      const added = (await add(access)).json
      expect(await service.problem('PATCH', path, { body })).toMatchObject({
        code: 'request_invalid',
        errors: [{ pointer, code: 'other_token_kind' }],
      })
      expect((await service.call('GET', path)).json).toEqual(added)
      await service.call('DELETE', path)
    })

    it('name their tiers like any other: there is no default', async () => {
      expect((await add({ ...access, tiers: undefined })).json).toMatchObject({ code: 'request_invalid' })
    })

    it('keep their kind: tokens of both would have one audience', async () => {
      for (const token of ['attestation', 'access']) {
        await add({ token })
        const problem = await service.problem('PATCH', path, { body: { token: 'attestation' } })
        expect(problem.code).toBe('request_invalid')
        expect((await service.call('GET', path)).json).toMatchObject({ token })
        await service.call('DELETE', path)
      }
      expect((await add({ token: 'opaque' })).json).toMatchObject({ code: 'request_invalid' })
    })
  })

  it('name only registered apps', async () => {
    expect((await add({ apps: [app, 'com.example.unknown'] })).json).toMatchObject({ code: 'app_not_found' })
    expect((await service.call('GET', '/v1/apis')).json).toEqual({ apis: [] })
  })
})
