import { paths, type Jwks } from '@assay/protocol'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { registerWebApp, webApp } from '../../support/web-app.ts'

let service: ServiceUnderTest

beforeAll(async () => {
  service = await runService()
  await registerWebApp(service)
})
afterAll(() => service.close())

const target = '/v1/signing-keys/rotate'
const published = async () =>
  ((await service.call('GET', paths.jwks, { key: null })).json as Jwks).keys.map(({ kid }) => kid)

it('rotates for an admin alone', async () => {
  const before = await published()
  expect((await service.problem('POST', target, { key: null })).code).toBe('unauthorized')
  const { secret } = (
    await service.call('POST', '/v1/keys', {
      body: { name: 'pipeline', scope: 'registration', apps: [webApp] },
    })
  ).json as { secret: string }
  expect((await service.problem('POST', target, { key: secret })).code).toBe('scope_insufficient')
  expect(await published()).toEqual(before)
})

it('withdraws every key from the JWKS at once, over a restart too, and says so in the log', async () => {
  const before = await published()
  const answer = await service.call('POST', target)
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
  const { kid, withdrawn } = answer.json as { kid: string; withdrawn: string[] }
  expect(withdrawn).toEqual(before)
  expect(await published()).toEqual([kid])
  expect(service.log()).toMatch(new RegExp(`"signing":"${kid}".*"msg":"signing keys rotated"`))
  await service.restart()
  expect(await published()).toEqual([kid])
})
