import type { UnregisteredBuilds } from '@assay/protocol/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { challengeBody } from '../../support/device.ts'
import { runService, type ServiceUnderTest } from '../../support/running-service.ts'
import { addBuild, registerWebApp, webApp, webDevice } from '../../support/web-app.ts'

let service: ServiceUnderTest

beforeAll(async () => {
  service = await runService({ trustedProxies: ['127.0.0.1'] })
  await registerWebApp(service)
})
afterAll(() => service.close())

const path = '/v1/unregistered-builds'
const list = async () => (await service.call('GET', path)).json as UnregisteredBuilds

/** A challenge for a build, through the proxy, for a device with that address. */
async function name(build: string, address: string): Promise<void> {
  const answer = await service.call('POST', '/v1/challenges', {
    body: { ...challengeBody(webDevice()), build },
    key: null,
    headers: { 'x-forwarded-for': address },
  })
  expect((answer.json as { code: string }).code).toBe('build_not_registered')
}

describe('unregistered builds', () => {
  it('are named once devices of twenty networks name them, by /24 and /48', async () => {
    for (let i = 0; i < 19; i++) await name('2.0.0', `192.0.${i}.7`)
    // The same networks again, and one network that names many builds.
    for (let i = 0; i < 30; i++) await name('2.0.0', `192.0.3.${i}`)
    for (let i = 0; i < 30; i++) await name('made-up', `2001:db8:1:${i}::1`)
    expect(await list()).toEqual({ builds: [], minutes: 30, at_least: 20, nodes: 1 })
    await name('2.0.0', '2001:db8:2::1')
    expect((await list()).builds).toEqual([{ app: webApp, build: '2.0.0', networks: 20, pending: false }])
  })

  it('are no longer named once they are registered', async () => {
    await addBuild(service, '2.0.0')
    expect((await list()).builds).toEqual([])
  })

  it('are forgotten after half an hour', async () => {
    for (let i = 0; i < 20; i++) await name('3.0.0', `198.51.${i}.7`)
    expect((await list()).builds).toHaveLength(1)
    service.advance(30 * 60_000)
    expect((await list()).builds).toEqual([])
  })

  it('are for keys that may read', async () => {
    expect((await service.problem('GET', path, { key: null })).code).toBe('unauthorized')
    const made = await service.call('POST', '/v1/keys', {
      body: { name: 'pipeline', scope: 'registration', apps: [webApp] },
    })
    const { secret: key } = made.json as { secret: string }
    expect((await service.problem('GET', path, { key })).code).toBe('scope_insufficient')
  })
})
