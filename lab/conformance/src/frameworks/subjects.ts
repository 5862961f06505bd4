import { createServer, type RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { createGuard, type Guard } from '@assay/guard'
import { requireAttestation as onExpress } from '@assay/guard/express'
import { attestation } from '@assay/guard/fastify'
import { requireAttestation as onHono } from '@assay/guard/hono'
import { app, audience, createWorld, issuer, now, path as route, type World } from '../core/foreign-world.ts'
import { install } from '../subject/subject.ts'
import type { CaseResult, Subject } from '../subject/subject.ts'

/** The API behind a guard, in the way of its framework. */
interface Running {
  send(method: string, headers: Record<string, string>): Promise<number>
  close(): Promise<unknown>
}

interface Framework {
  readonly id: string
  readonly from: readonly [name: string, version: string]
  /** Starts it with the framework's own export. */
  start(framework: unknown, guard: Guard): Promise<Running>
}

/* eslint-disable @typescript-eslint/no-explicit-any -- these majors are not installed here, so there are no types of theirs */
/* oxlint-disable typescript/no-unsafe-call, typescript/no-unsafe-member-access, typescript/no-unsafe-assignment, typescript/no-unsafe-argument, typescript/no-unsafe-return -- likewise */
const frameworks: readonly Framework[] = [
  {
    id: 'guard:express-4',
    from: ['express', '4.21.2'],
    start(express: any, guard) {
      const api = express()
      api.use('/v1', onExpress(guard))
      api.get(route, (request: any, response: any) => response.send(request.assay.app))
      api.use((_error: unknown, _request: any, response: any, _next: unknown) => response.status(500).end())
      return overHttp(api)
    },
  },
  {
    id: 'guard:fastify-4',
    from: ['fastify', '4.29.1'],
    async start(fastify: any, guard) {
      const api = fastify()
      await api.register(attestation as any, { guard })
      api.get(route, async (request: any) => request.assay.app)
      await api.listen({ port: 0, host: '127.0.0.1' })
      return { send: sendTo(api.server.address().port), close: () => api.close() }
    },
  },
  {
    id: 'guard:hono-3',
    from: ['hono', '3.12.12'],
    async start({ Hono }: any, guard) {
      const api = new Hono()
      api.use('/v1/*', onHono(guard))
      api.get(route, (context: any) => context.text(context.get('assay').app))
      api.onError((_error: unknown, context: any) => context.text('', 500))
      const send = async (method: string, headers: Record<string, string>) =>
        (await api.request(`http://internal${route}`, { method, headers })).status
      return { send, close: async () => undefined }
    },
  },
]
/* eslint-enable */
/* oxlint-enable */

/** Older majors than those of the tests: the guard can be installed with them, and its adapters work. */
export const frameworkSubjects: readonly Subject[] = frameworks.map((framework) => ({
  id: framework.id,
  async run() {
    const [name, version] = framework.from
    const folder = await install(framework.id.replace(':', '-'), { [name]: version })
    const load = createRequire(path.join(folder, 'package.json'))
    return runOn(framework, load(name), await createWorld())
  },
}))

async function runOn({ start }: Framework, framework: unknown, world: World): Promise<CaseResult[]> {
  const guard = createGuard({
    issuer,
    audience,
    jwks: world.jwks as Parameters<typeof createGuard>[0]['jwks'],
    mode: 'bound',
    apps: [app],
    tiers: ['affirming'],
    clock: () => now * 1000,
  })
  const proof = await world.proof({ htm: 'GET' })
  const attested = { 'OAuth-Client-Attestation': await world.token(), DPoP: proof }
  const low = await world.token({ ear_status: 'warning' })
  const tries: [string, number, Record<string, string>][] = [
    ['a token and a proof', 200, attested],
    ['the same proof once more', 401, attested],
    ['no token', 401, {}],
    [
      'a tier that is not accepted',
      403,
      { ...attested, 'OAuth-Client-Attestation': low, DPoP: await again(world) },
    ],
  ]
  const results: CaseResult[] = []
  const api = await start(framework, guard)
  for (const [name, expected, headers] of tries)
    results.push({ name, fault: differs(await api.send('GET', headers), expected) })
  await api.close()
  const failing = { ...guard, verify: () => Promise.reject(new Error('out of order')) }
  const broken = await start(framework, failing)
  results.push({ name: 'a guard that is broken', fault: differs(await broken.send('GET', attested), 500) })
  await broken.close()
  return results
}

const again = (world: World) => world.proof({ htm: 'GET' })

function differs(seen: number, expected: number): string | undefined {
  return seen === expected ? undefined : `${seen} in the place of ${expected}`
}

async function overHttp(listener: RequestListener): Promise<Running> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    send: sendTo((server.address() as AddressInfo).port),
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  }
}

/** A request that is left unanswered fails. */
const sendTo = (port: number) => async (method: string, headers: Record<string, string>) =>
  (await fetch(`http://127.0.0.1:${port}${route}`, { method, headers, signal: AbortSignal.timeout(10_000) }))
    .status
