import { defaultProbes } from '@assay/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../support/running-service.ts'

let service: ServiceUnderTest

beforeAll(async () => {
  service = await runService()
})
afterAll(() => service.close())

const signer = 'ab'.repeat(32)

describe('apps', () => {
  it('are added, listed, shown, changed and removed', async () => {
    const id = 'com.example.app'
    const added = await service.call('POST', '/v1/apps', { body: { id, platform: 'android' } })
    expect(added.status).toBe(201)
    expect(added.json).toEqual({
      id,
      platform: 'android',
      name: id,
      package: id,
      signers: [],
      min_version_code: 0,
      probes: [...defaultProbes],
      evidence: {},
      policy: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    })
    const patched = await service.call('PATCH', `/v1/apps/${id}`, {
      body: { signers: [signer], min_version_code: 7, name: 'Example' },
    })
    expect(patched.json).toMatchObject({
      signers: [signer],
      min_version_code: 7,
      name: 'Example',
      package: id,
    })
    expect((await service.call('GET', `/v1/apps/${id}`)).json).toEqual(patched.json)
    expect((await service.call('GET', '/v1/apps')).json).toEqual({ apps: [patched.json] })
    expect((await service.call('DELETE', `/v1/apps/${id}`)).status).toBe(204)
    expect((await service.call('GET', '/v1/apps')).json).toEqual({ apps: [] })
  })

  it('have ids of 255 characters at most, in paths too', async () => {
    const id = `com.${'a'.repeat(251)}`
    expect((await service.call('POST', '/v1/apps', { body: { id, platform: 'web' } })).status).toBe(201)
    expect((await service.call('GET', `/v1/apps/${id}`)).status).toBe(200)
    await service.call('DELETE', `/v1/apps/${id}`)
    const problem = await service.problem('POST', '/v1/apps', { body: { id: `${id}a`, platform: 'web' } })
    expect(problem).toMatchObject({ code: 'request_invalid', errors: [{ pointer: '/id' }] })
  })

  it('are refused twice and when unknown, and nothing changes', async () => {
    const body = { id: 'com.example.twice', platform: 'web', name: 'first' }
    await service.call('POST', '/v1/apps', { body })
    const problem = await service.problem('POST', '/v1/apps', { body: { ...body, name: 'second' } })
    expect(problem).toMatchObject({ code: 'app_exists', status: 409 })
    expect((await service.call('GET', '/v1/apps/com.example.twice')).json).toMatchObject({ name: 'first' })
    for (const [method, payload] of [['GET'], ['PATCH', {}], ['DELETE']] as const) {
      const unknown = await service.problem(method, '/v1/apps/com.example.unknown', { body: payload })
      expect(unknown).toMatchObject({ code: 'app_not_found', status: 404 })
    }
  })

  it.each([
    ['another platform', { platform: 'windows' }, '/platform'],
    ['an id out of form', { id: 'a b' }, '/id'],
    ['a signer that is no digest', { signers: ['AB'] }, '/signers/0'],
    ['a signer twice', { signers: [signer, signer] }, '/signers'],
    ['a negative version', { min_version_code: -1 }, '/min_version_code'],
    ['a probe that no SDK has', { probes: ['js.natives', 'js.native'] }, '/probes/1'],
    ['a probe name out of form', { probes: ['no spaces'] }, '/probes/0'],
    ['a probe twice', { probes: ['js.natives', 'js.natives'] }, '/probes'],
    ['an unknown member', { state: 'active' }, ''],
  ])('are refused with %s', async (_what, more, pointer) => {
    const body = { id: 'com.example.bad', platform: 'android', ...more }
    const problem = await service.problem('POST', '/v1/apps', { body })
    expect(problem).toMatchObject({ code: 'request_invalid', errors: [{ pointer }] })
    expect((await service.call('GET', '/v1/apps/com.example.bad')).status).toBe(404)
  })
})
