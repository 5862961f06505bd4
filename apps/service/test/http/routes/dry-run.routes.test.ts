import type { DryRunReport } from '@assay/protocol/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { attestation, audience, registerWebApp, webApp, webDevice } from '../../support/web-app.ts'

const path = `/v1/apps/${webApp}/dry-run`
let service: ServiceUnderTest

beforeAll(async () => {
  service = await runService()
  await registerWebApp(service)
  const document = {
    required: [{ claim: 'evidence.software.measured', one_of: [true] }],
    rules: [{ when: "software.build != '2'", tier: 'contraindicated', reason: 'X_OLD_BUILD' }],
  }
  await service.call('PUT', '/v1/policies/next', { body: document })
})
afterAll(() => service.close())

const weekAgo = () => new Date(service.now() - 7 * 86_400_000).toISOString()
const run = async (body: object) =>
  (await service.call('POST', path, { body: { since: weekAgo(), ...body } })).json as DryRunReport
const codeOf = async (body: object) =>
  (await service.problem('POST', path, { body: { since: weekAgo(), ...body } })).code

describe('a dry run', () => {
  it('counts what a policy would have refused, by reason and build, and changes nothing', async () => {
    expect(await run({ policy: 'next' })).toMatchObject({ installations: 0, reasons: [] })
    const devices = Array.from({ length: 5 }, () => webDevice())
    for (const device of [...devices, ...devices.slice(0, 2)]) await attestation(service, device)
    const all = { count: 5, low: 5, high: 5 }
    const none = { count: 0, low: 0, high: 0 }
    expect(await run({ policy: 'next' })).toMatchObject({
      ...{ app: webApp, audience, policy: { id: 'next', version: 1 }, installations: 5 },
      ...{ refused: all, newly_refused: all, newly_admitted: none },
      reasons: [{ code: 'X_OLD_BUILD', build: '1', count: 5 }],
      basis: [
        { kind: 'remembered', installations: 0, judged: 0, undecided: 0 },
        { kind: 'sampled', installations: 5, judged: 5, undecided: 0 },
      ],
    })
    expect(await run({ policy: 'observe' })).toMatchObject({ refused: none, newly_refused: none })
    await attestation(service, webDevice())
  })

  it('takes a document that is not saved', async () => {
    const { json } = await service.call('GET', '/v1/policies/software-only')
    const { document } = json as { document: object }
    expect(await run({ document })).toMatchObject({ policy: { id: 'unnamed' }, refused: { count: 0 } })
    expect(await codeOf({ document: { rules: [] } })).toBe('policy_invalid')
  })

  it('is of the last days, for an API of the app, by one policy', async () => {
    const old = new Date(service.now() - 15 * 86_400_000).toISOString()
    const later = new Date(service.now() + 1_000).toISOString()
    for (const body of [{}, { policy: 'next', document: {} }, { policy: 'next', since: old }])
      expect(await codeOf(body)).toBe('request_invalid')
    expect(await codeOf({ policy: 'next', since: later })).toBe('request_invalid')
    expect(await codeOf({ policy: 'none' })).toBe('policy_not_found')
    expect(await codeOf({ policy: 'next', audience: 'https://other.example.com' })).toBe('api_not_found')
    const body = { policy: 'next', since: weekAgo() }
    expect((await service.problem('POST', '/v1/apps/none/dry-run', { body })).code).toBe('app_not_found')
  })
})
