import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, RequestListener } from 'node:http'
import { promisify } from 'node:util'
import { createRollout } from '@assay/guard'
import { authRequestListener, createNodeGuard } from '@assay/guard/node'
import { gateways, type Gateway } from '@assay/testkit'
import {
  app,
  audience,
  createWorld,
  issuer,
  now,
  path as route,
  signed,
  type World,
} from '../core/foreign-world.ts'
import { NotRun, type CaseResult, type Subject } from '../subject/subject.ts'
import { runInterrupted } from './interrupted.ts'
import { runPageInChromium } from './page-in-chromium.ts'
import { runPages } from './pages.ts'
import { assayFieldsOf, runCases, runWaived, type Seen } from './cases.ts'
import { withGateway } from './with-gateway.ts'

/** Real gateways ask the guard about each request, configured as `deploy/gateways` has it. */
export const gatewaySubjects: readonly Subject[] = gateways.map((gateway) => ({
  id: `gateway:${gateway.name}`,
  // Playwright brings URLPattern to a Node that has none.
  load: () => import('@assay/browser'),
  run: async () => [
    ...(await runOn(gateway)),
    await runAccess(gateway),
    ...(await runInterrupted(gateway)),
    ...(await runPages(gateway)),
    ...(await runPageInChromium(gateway)),
  ],
}))

async function runOn(gateway: Gateway): Promise<CaseResult[]> {
  const [program = '', ...args] = gateway.version
  await promisify(execFile)(program, args).catch(() => {
    throw new NotRun(`there is no ${gateway.name} on this machine`)
  })
  const world = await createWorld()
  const seen: Seen[] = []
  const api: RequestListener = (request, response) => {
    seen.push({ method: request.method ?? '', fields: assayFieldsOf(request) })
    request.resume().on('end', () => response.end('served'))
  }
  let share = 1
  const rollout = createRollout({ share: () => share, secret: new Uint8Array(32) })
  const guard = createNodeGuard({
    issuer,
    audience,
    jwks: world.jwks as Parameters<typeof createNodeGuard>[0]['jwks'],
    mode: 'bound',
    apps: [app],
    tiers: ['affirming'],
    clock: () => now * 1000,
    onDecision: () => undefined,
  })
  const asked = authRequestListener(guard, { ...gateway.settings, rollout })
  return withGateway(gateway, { api, guard: asked }, async (running) => {
    const enforced = await runCases(world, running.url, seen, gateway.tooLarge)
    share = 0
    const waived = await runWaived(running.url, seen)
    await running.guard.close()
    return [...enforced, waived, await runAway(running.url, seen)]
  })
}

/** Nothing passes a gateway whose guard does not answer. */
async function runAway(url: string, seen: readonly Seen[]): Promise<CaseResult> {
  const before = seen.length
  const { status } = await fetch(url)
  const isRight = status >= 500 && seen.length === before
  return { name: 'a guard that is away', fault: isRight ? undefined : `${status}` }
}

/** An access token passes, and does not reach an API that must not see it. */
async function runAccess(gateway: Gateway): Promise<CaseResult> {
  const world = await createWorld()
  const seen: IncomingHttpHeaders[] = []
  const api: RequestListener = (request, response) => {
    seen.push(request.headers)
    response.end('served')
  }
  const guard = createNodeGuard({
    issuer,
    audience,
    jwks: world.jwks as Parameters<typeof createNodeGuard>[0]['jwks'],
    tokenKind: 'access',
    mode: 'bound',
    apps: [app],
    tiers: ['affirming'],
    clock: () => now * 1000,
  })
  const behind = { api, guard: authRequestListener(guard, gateway.settings), hidesToken: true }
  return withGateway(gateway, behind, async (running) => {
    const token = await accessToken(world)
    const proof = await world.proof({
      htm: 'GET',
      ath: createHash('sha256').update(token).digest('base64url'),
    })
    const headers = { Authorization: `DPoP ${token}`, DPoP: proof }
    const url = running.url + route
    const { status } = await fetch(url, { headers })
    const asking = { Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'POST' }
    const preflight = await fetch(url, { method: 'OPTIONS', headers: { ...headers, ...asking } })
    const isHidden = seen.every(
      ({ authorization, dpop }) => authorization === undefined && dpop === undefined,
    )
    const isServed = status === 200 && preflight.status === 200 && seen.length === 2
    const isRight = isServed && seen[0]?.['assay-app'] === app && isHidden
    return {
      name: 'an access token, which the API does not get, nor with a preflight',
      fault: isRight ? undefined : `${status} and ${preflight.status}, it saw ${JSON.stringify(seen)}`,
    }
  })
}

function accessToken({ keys, jkt }: World): Promise<string> {
  const claims = {
    ...{ iss: issuer, sub: 'pseudonym-1', aud: audience, client_id: app, iat: now - 5, exp: now + 295 },
    ...{ jti: randomUUID(), cnf: { jkt }, build: '1.4.2+142', platform: 'android' },
    ...{ ear_status: 'affirming', holder_key: 'software' },
  }
  return signed({ typ: 'at+jwt', alg: 'ES256', kid: 'es256' }, claims, keys.es256)
}
