import type { PolicyChanges, StoredPolicy, Stats } from '@assay/protocol/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntries } from '../../support/audit-log.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { attestation, registerWebApp, webApp, webDevice } from '../../support/web-app.ts'

let service: ServiceUnderTest

beforeAll(async () => {
  service = await runService()
  await registerWebApp(service)
})
afterAll(() => service.close())

const required = [{ claim: 'evidence.software.measured', one_of: [true] }]
const web = { when: "software.platform == 'web'", tier: 'affirming' }
const debuggable = { when: 'software.debuggable', tier: 'warning' }
const never = { when: 'true', tier: 'contraindicated' }
const put = (id: string, ...rules: object[]) =>
  service.call('PUT', `/v1/policies/${id}`, { body: { required, rules } })
const get = async <T>(path: string) => (await service.call('GET', `/v1/policies/${path}`)).json as T
const codeOf = async (...call: Parameters<ServiceUnderTest['problem']>) =>
  (await service.problem(...call)).code

describe('versions of a policy', () => {
  it('are listed, shown and compared', async () => {
    await put('own', web, debuggable)
    await put('own', debuggable, web, never)
    const { versions } = await get<{ versions: StoredPolicy[] }>('own/versions')
    expect(versions).toMatchObject([{ version: 1 }, { version: 2 }])
    expect((await get<{ versions: StoredPolicy[] }>('own/versions?after=1')).versions).toHaveLength(1)
    expect(await get('own/versions/1')).toEqual(versions[0])
    expect(await get<PolicyChanges>('own/compare?from=1&to=2')).toEqual({
      ...{ id: 'own', from: 1, to: 2, reordered: true },
      required: { removed: [], added: [] },
      rules: { removed: [], added: [never] },
    })
    expect(await get('own/compare?from=2&to=1')).toMatchObject({ rules: { removed: [never], added: [] } })
  })

  it('are rolled back by a new version with the old text, which the audit log has', async () => {
    const saved = await service.call('POST', '/v1/policies/own/rollback', { body: { to: 1 } })
    expect(saved.json).toMatchObject({ version: 3, document: { rules: [web, debuggable] } })
    expect(await get('own')).toEqual(saved.json)
    expect(await auditEntries(service, 'limit=1')).toMatchObject([
      {
        ...{ action: 'policy.rollback', object: 'own', before: { version: 2 } },
        after: { version: 3, rolled_back_to: 1 },
      },
    ])
  })

  it('include only one for a built-in policy', async () => {
    const { versions } = await get<{ versions: StoredPolicy[] }>('strict/versions')
    expect(versions).toHaveLength(1)
    expect(await get(`strict/versions/${versions[0]?.version}`)).toEqual(versions[0])
    expect((await get<{ versions: StoredPolicy[] }>('strict/versions?after=1')).versions).toEqual([])
    const body = { to: 1 }
    expect(await codeOf('POST', '/v1/policies/strict/rollback', { body })).toBe('policy_reserved')
  })

  it('are refused if they do not exist', async () => {
    const rollback = (id: string) => codeOf('POST', `/v1/policies/${id}/rollback`, { body: { to: 99 } })
    expect(await rollback('own')).toBe('policy_version_not_found')
    expect(await rollback('none')).toBe('policy_not_found')
    expect(await codeOf('GET', '/v1/policies/own/versions/99')).toBe('policy_version_not_found')
    expect(await codeOf('GET', '/v1/policies/strict/versions/99')).toBe('policy_version_not_found')
    expect(await codeOf('GET', '/v1/policies/own/compare?from=1&to=99')).toBe('policy_version_not_found')
    expect(await codeOf('GET', '/v1/policies/none/versions')).toBe('policy_not_found')
    expect(await codeOf('GET', '/v1/policies/none/versions/1')).toBe('policy_not_found')
    expect(await codeOf('GET', '/v1/policies/own/versions?after=x')).toBe('request_invalid')
    expect(await codeOf('GET', '/v1/policies/own/compare?from=0&to=1')).toBe('request_invalid')
  })
})

describe('a shadow policy', () => {
  const patch = (body: object) => service.call('PATCH', `/v1/apps/${webApp}`, { body })

  it('changes no answer, and is counted', async () => {
    await put('next', never)
    expect((await patch({ shadow_policy: 'next' })).json).toMatchObject({ shadow_policy: 'next' })
    for (let i = 0; i < 3; i++) await attestation(service, webDevice())
    const { groups } = (await service.call('GET', '/v1/stats?by=app')).json as Stats
    expect(groups).toMatchObject([
      { passed: 3, refused: 0, shadow: { judged: 3, refused: 3, passed: 0, failed: 0 } },
    ])
    const byCode = (await service.call('GET', '/v1/stats?by=policy&outcome=shadow_refused')).json as Stats
    expect(byCode.groups).toMatchObject([{ policy: 'next@1', passed: 0, shadow: { refused: 3 } }])
  })

  it('must exist, and cannot be removed while it is named', async () => {
    expect(await codeOf('PATCH', `/v1/apps/${webApp}`, { body: { shadow_policy: 'none' } })).toBe(
      'policy_not_found',
    )
    expect(await codeOf('DELETE', '/v1/policies/next')).toBe('policy_in_use')
    expect((await patch({ shadow_policy: null })).json).toHaveProperty('shadow_policy', null)
    expect((await service.call('DELETE', '/v1/policies/next')).status).toBe(204)
  })
})
