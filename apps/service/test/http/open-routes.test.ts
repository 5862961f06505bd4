import { schemeRegistry, type EvidenceScheme } from '@assay/evidence'
import { paths } from '@assay/protocol'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { FastifyInstance } from 'fastify'
import { buildApp, type AppDependencies } from '../../src/http/app.ts'
import { productSchemes } from '../../src/composition/product-schemes.ts'

let app: FastifyInstance
let address: string
let mostPerTick = 64

/** Whatever a route is made over and does not come to use here. */
const unused: unknown = new Proxy(() => undefined, {
  get: (_none, name) => (name === 'then' ? undefined : unused),
})

beforeAll(async () => {
  const used: Partial<AppDependencies> = {
    trustedProxies: [],
    random: (length) => Buffer.alloc(length),
    clock: () => 0,
    log: { level: 'silent', destination: undefined },
    bodyTime: 10,
    connections: { connections: 100, connectionsPerNetwork: 100 },
    schemes: schemeRegistry(productSchemes as unknown as EvidenceScheme[]),
    intake: { ready: () => 0, mostPerTick: () => mostPerTick },
    isOrigin: async () => true,
    isReady: async () => undefined,
    lookUpKey: async () => undefined,
    publicUrl: () => 'https://assay.example',
    statusLists: { find: async () => undefined, findShard: async () => 'no_api' },
  }
  app = await buildApp(
    new Proxy(used, { get: (known, name) => Reflect.get(known, name) ?? unused }) as AppDependencies,
  )
  address = await app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => app.close())

const preflight = { origin: 'https://app.example', 'access-control-request-method': 'POST' }

it('requests without intake and quota are spread over ticks, and all of them are answered', async () => {
  const requests = [
    { method: 'OPTIONS', url: paths.challenges, headers: preflight, status: 204 },
    { method: 'GET', url: '/v1/status/YQ', status: 404 },
    { method: 'GET', url: '/v1/status/YQ/YQ', status: 404 },
    { method: 'GET', url: paths.openapi, status: 200 },
    { method: 'GET', url: '/nothing', status: 404 },
    { method: 'DELETE', url: paths.jwks, status: 405 },
    { method: 'GET', url: paths.challenges, status: 405 },
    { method: 'GET', url: '/%zz', status: 400 },
    { method: 'GET', url: '/v1/apps', status: 401 },
  ] as const
  const answered: string[] = []
  mostPerTick = 0
  const answers = requests.map(async ({ url, status, ...how }) => {
    const answer = await fetch(address + url, how)
    answered.push(url)
    expect(`${url} ${answer.status}`).toBe(`${url} ${status}`)
  })
  for (const url of [paths.live, paths.ready]) expect((await fetch(address + url)).status).toBe(200)
  expect(answered).toEqual([])
  mostPerTick = 64
  await Promise.all(answers)
})
