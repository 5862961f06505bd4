import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { mediaTypes, problemType } from '@assay/protocol'
import { problems } from '@assay/protocol/codes'
import { startService, type ServiceConfig } from '../../src/index.ts'
import { challengeBody } from '../support/device.ts'
import { runService, type ServiceUnderTest } from '../support/running-service.ts'
import { registerWebApp, webDevice } from '../support/web-app.ts'
import { isInstalled, startProxy, type Proxy, type ProxyName } from './proxy.ts'

const running: (ServiceUnderTest | Pick<Proxy, 'stop'>)[] = []
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await ('stop' in each ? each.stop() : each.close())
})
const node = async (more: Parameters<typeof runService>[0] = {}) => {
  const service = await runService({ trustedProxies: ['127.0.0.1'], ...more })
  running.push(service)
  return service
}
const before = async (name: ProxyName, nodes: ServiceUnderTest[], change?: (text: string) => string) => {
  const proxy = await startProxy(
    name,
    nodes.map(({ url }) => new URL(url).host),
    change,
  )
  running.push(proxy)
  return proxy
}

/** With every node away, a proxy answers a browser as a node would. */
async function expectAnswerWithoutNodes(name: ProxyName): Promise<void> {
  const service = await node()
  const proxy = await before(name, [service])
  await service.close()
  running.splice(running.indexOf(service), 1)
  const headers = { origin: 'https://shop.example' }
  const ask = () => proxy.ask('POST', '/v1/challenges', { body: {}, headers })
  await expect.poll(async () => (await ask()).status).toBe(503)
  const waits = new Set<number>()
  for (let i = 0; i < 12; i += 1) {
    const { status, text, headers: given } = await ask()
    expect(status).toBe(503)
    expect(given).toMatchObject({
      'content-type': mediaTypes.problem,
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'Retry-After',
    })
    expect(given['strict-transport-security'] !== undefined).toBe(name !== 'compose')
    const { title } = problems.temporarily_unavailable
    const code = 'temporarily_unavailable'
    expect(JSON.parse(text)).toEqual({ type: problemType(code), title, code })
    const wait = Number(given['retry-after'])
    expect(wait).toBeGreaterThanOrEqual(1)
    expect(wait).toBeLessThanOrEqual(60)
    waits.add(wait)
  }
  // A dozen of the same is one chance in 10^13.
  expect(waits.size).toBeGreaterThan(1)
  // A browser asks first whether it may ask.
  const preflight = await proxy.ask('OPTIONS', '/v1/challenges', {
    headers: {
      ...headers,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  })
  expect(preflight.status).toBe(204)
  expect(preflight.headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'content-type',
  })
}

/** Its address. It is healthy, and closes the connection of any request that it takes. */
async function nodeThatDies(onRequest: (request: string) => void): Promise<string> {
  const server = http.createServer(({ method, url, socket }, response) => {
    if (url === '/readyz' || url === '/livez') return response.end()
    onRequest(`${method} ${url}`)
    return socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  running.push({ stop: async () => void server.close() })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Its address. It answers everything with 200, and says what has reached it but for the probes. */
async function nodeThatNotes(onRequest: (target: string) => void): Promise<string> {
  const server = http.createServer(({ url = '' }, response) => {
    if (url !== '/readyz' && url !== '/livez') onRequest(url)
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  running.push({ stop: async () => void server.close() })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

for (const name of ['haproxy', 'nginx'] as const) {
  if (!isInstalled(name)) {
    console.log(`not run: ${name} before the service, which is not installed`)
    it(`needs ${name} where everything is required`, () => {
      expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
    })
    continue
  }
  describe(`${name}, as deploy/ configures it`, () => {
    it('forwards requests to the nodes, and their answers back', async () => {
      const service = await node()
      await registerWebApp(service)
      const proxy = await before(name, [service])
      const challenge = await proxy.ask('POST', '/v1/challenges', { body: challengeBody(webDevice()) })
      expect(challenge.status).toBe(200)
      expect(challenge.headers['strict-transport-security']).toBeDefined()
      expect((await proxy.ask('GET', '/.well-known/jwks.json')).status).toBe(200)
      const headers = { authorization: `Bearer ${service.adminKey}` }
      expect((await proxy.ask('GET', '/v1/apps', { headers })).status).toBe(200)
    })

    it('lets nobody choose the address by which they are counted', async () => {
      const quota = { requests: 5, seconds: 3_600 }
      const service = await node({ limits: { network: quota } })
      const ask = (i: number) => ({
        body: { app: 'none' },
        headers: { 'x-forwarded-for': `203.0.${i}.9`, forwarded: `for=203.0.${i}.9` },
      })
      const proxy = await before(name, [service])
      const statuses: number[] = []
      for (let i = 0; i < 8; i += 1) statuses.push((await proxy.ask('POST', '/v1/challenges', ask(i))).status)
      expect(statuses.slice(0, 5)).not.toContain(429)
      expect(statuses.slice(5)).toEqual([429, 429, 429])
      // Whoever reaches the node past the proxy, from an address that it trusts, could choose.
      for (let i = 100; i < 108; i += 1) {
        const { status } = await service.call('POST', '/v1/challenges', { ...ask(i), key: null })
        expect(status).not.toBe(429)
      }
    })

    it('lets only operators reach the routes for operators', async () => {
      const service = await node()
      const headers = { authorization: `Bearer ${service.adminKey}` }
      const elsewhere = (text: string) => text.replaceAll('127.0.0.0/8', '192.0.2.0/24')
      const proxy = await before(name, [service], elsewhere)
      for (const target of [
        '/v1/apps',
        '/v1/attestations?limit=5',
        '/v1/signing-keys/rotate',
        '/readyz',
        '/v1/challenges/../apps',
      ])
        expect([403, 404], target).toContain((await proxy.ask('GET', target, { headers })).status)
      expect((await proxy.ask('GET', '/.well-known/jwks.json')).status).toBe(200)
      // What devices send to the same path arrives.
      expect((await proxy.ask('POST', '/v1/attestations', { body: {} })).status).toBe(400)
    })

    it('lets guards reach a status list and its shards, and nothing else below them', async () => {
      const reached: string[] = []
      const host = await nodeThatNotes((target) => reached.push(target))
      const proxy = await startProxy(name, [host], (text) => text.replaceAll('127.0.0.0/8', '192.0.2.0/24'))
      running.push(proxy)
      const list = '/v1/status/aHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20'
      const open = [list, `${list}/${'aA_-'.repeat(10)}aA0`]
      await expect.poll(async () => (await proxy.ask('GET', list)).status).toBe(200)
      for (const target of open) expect((await proxy.ask('GET', target)).status, target).toBe(200)
      expect(new Set(reached)).toEqual(new Set(open))
      for (const below of [
        'apps',
        'a'.repeat(42),
        'a'.repeat(44),
        `${'a'.repeat(43)}/`,
        `${'a'.repeat(40)}%2e`,
      ])
        expect([403, 404], below).toContain((await proxy.ask('GET', `${list}/${below}`)).status)
      expect(new Set(reached)).toEqual(new Set(open))
    })

    it('asks nodes at their listener for operators for what is theirs, and where apps ask for the rest', async () => {
      let adminUrl = ''
      const start = async (config: ServiceConfig) => {
        const running = await startService({ ...config, admin: { host: '127.0.0.1', port: 0 } })
        adminUrl = running.adminUrl ?? ''
        return running
      }
      const service = await runService({ trustedProxies: ['127.0.0.1'] }, { start })
      running.push(service)
      const hosts = [new URL(service.url).host]
      const proxy = await startProxy(name, hosts, undefined, [new URL(adminUrl).host])
      running.push(proxy)
      const headers = { authorization: `Bearer ${service.adminKey}` }
      await expect.poll(async () => (await proxy.ask('GET', '/v1/apps', { headers })).status).toBe(200)
      expect((await proxy.ask('GET', '/v1/attestations?limit=5', { headers })).status).toBe(200)
      // Not there for operators: these are asked where apps ask.
      for (const target of ['/v1/challenges', '/v1/attestations', '/v1/development-tokens'])
        expect(JSON.parse((await proxy.ask('POST', target, { body: {} })).text), target).toMatchObject({
          code: 'request_invalid',
        })
      const past = await service.call('GET', '/v1/apps')
      expect(past.status).toBe(404)
    })

    it('refuses paths that it and the service would read differently', async () => {
      const service = await node()
      const reached: string[] = []
      const host = await nodeThatNotes((target) => reached.push(target))
      const elsewhere = (text: string) => text.replaceAll('127.0.0.0/8', '192.0.2.0/24')
      const proxy = await startProxy(name, [host], elsewhere)
      running.push(proxy)
      const routes = ['/v1/apps/', '/v1/policies/', '/v1/signing-keys/']
      const back = ['..%2f', '..%2F', '%2e%2e/', '%2E%2E%2f', '..%5c']
      const open = ['challenges', 'attestations', 'status/a', '../livez', '../.well-known/jwks.json']
      for (const route of routes)
        for (const way of back)
          for (const target of open.map((each) => `${route}${way}${each}`))
            for (const method of ['GET', 'POST', 'DELETE'])
              expect([400, 403, 404], `${method} ${target}`).toContain(
                (await proxy.ask(method, target)).status,
              )
      for (const target of [
        '/v1/status/..%2f..%2fv1%2fapps',
        '/.well-known/..%2fv1/apps',
        '/v1/%63hallenges',
      ])
        expect([400, 403, 404], target).toContain((await proxy.ask('GET', target)).status)
      expect(reached).toEqual([])
      // Operators name what they like, from their own network.
      const inside = await before(name, [service])
      const headers = { authorization: `Bearer ${service.adminKey}` }
      const answer = await inside.ask('GET', '/v1/apps/..%2fno', { headers })
      expect([answer.status, JSON.parse(answer.text)]).toEqual([
        404,
        expect.objectContaining({ code: 'app_not_found' }),
      ])
    })

    it.each([
      ['what anyone may read', 'GET', '/.well-known/jwks.json', true],
      ['what operators change', 'PUT', '/v1/policies/a', false],
      ['what operators change', 'PATCH', '/v1/apps/a', false],
      ['what operators remove', 'DELETE', '/v1/apps/a', false],
    ])('sends %s, of which a node dies, to another: %s %s %s', async (_, method, target, again) => {
      const seen: string[] = []
      const hosts = await Promise.all([1, 2].map(() => nodeThatDies((request) => seen.push(request))))
      const proxy = await startProxy(name, hosts)
      running.push(proxy)
      // HAProxy closes the connection where it has nothing left to try.
      await proxy.ask(method, target).catch(() => undefined)
      expect(seen[0]).toBe(`${method} ${target}`)
      expect(seen.length > 1).toBe(again)
    })

    it('answers for the nodes when none does, so that pages can read it and clients do not come back at once', async () => {
      await expectAnswerWithoutNodes(name)
    })

    it('resets nothing while a node stops and another goes on', async () => {
      const [first, second] = [await node(), await node()]
      const proxy = await before(name, [first, second])
      const statuses = new Map<number, number>()
      let isOver = false
      const caller = async () => {
        while (!isOver) {
          const { status } = await proxy.ask('GET', '/.well-known/jwks.json')
          statuses.set(status, (statuses.get(status) ?? 0) + 1)
        }
      }
      const callers = Promise.all(Array.from({ length: 4 }, caller))
      await expect.poll(() => statuses.get(200) ?? 0).toBeGreaterThan(50)
      await first.close()
      running.splice(running.indexOf(first), 1)
      const soFar = statuses.get(200) ?? 0
      await expect.poll(() => statuses.get(200) ?? 0).toBeGreaterThan(soFar + 100)
      isOver = true
      await callers
      expect([...statuses.keys()]).toEqual([200])
    })
  })
}

if (isInstalled('compose'))
  describe('haproxy, as deploy/compose configures it', () => {
    const statusesOf = async (gateway: string, ...addresses: (string | undefined)[]) => {
      const service = await node({ limits: { network: { requests: 2, seconds: 3_600 } } })
      const proxy = await before('compose', [service], (text) => text.replaceAll('172.30.87.1', gateway))
      const statuses: number[] = []
      for (const address of addresses) {
        const headers: Record<string, string> = address === undefined ? {} : { 'x-forwarded-for': address }
        const body = { app: 'none' }
        statuses.push((await proxy.ask('POST', '/v1/challenges', { body, headers })).status)
      }
      return statuses.map((status) => status === 429)
    }
    const callers = ['203.0.1.9', '203.0.2.9', '203.0.3.9', '203.0.4.9']

    it('lets the proxy of this machine say who calls', async () => {
      expect(await statusesOf('127.0.0.1', ...callers)).toEqual([false, false, false, false])
      expect(await statusesOf('127.0.0.1', undefined, undefined, undefined)).toEqual([false, false, true])
    })

    it('answers for the nodes when none does', async () => {
      await expectAnswerWithoutNodes('compose')
    })

    it('lets nobody else say who calls', async () => {
      expect(await statusesOf('192.0.2.1', ...callers)).toEqual([false, false, true, true])
    })
  })
