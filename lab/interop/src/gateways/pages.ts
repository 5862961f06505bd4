import { once } from 'node:events'
import { request, type IncomingMessage, type RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import { authRequestListener, createNodeGuard } from '@assay/guard/node'
import type { Gateway } from '@assay/testkit'
import { app, audience, createWorld, issuer, now, path as route, type World } from '../core/foreign-world.ts'
import type { CaseResult } from '../subject/subject.ts'
import { withGateway } from './with-gateway.ts'

/** The origin of the page, and one that is not listed. */
const page = 'https://shop.example'
const stranger = 'https://stranger.example'
const due = 'the-next-nonce'
/** Fields that break a page, or a client, when they come twice. */
const single = ['access-control-allow-origin', 'www-authenticate', 'dpop-nonce', 'content-type']

interface Try {
  readonly name: string
  readonly fields?: Readonly<Record<string, string | string[]>>
  readonly method?: string
  readonly body?: string
  readonly status: number
  /** In the body. */
  readonly code?: string
  /** Whether a page of {@link page} may read it. */
  readonly readable: boolean
  /** `DPoP-Nonce` of the answer. */
  readonly nonce?: string
}

/** How answers at a gateway can be read by a page of another origin: those of the guard, of the API, and its own. */
export async function runPages(gateway: Gateway): Promise<CaseResult[]> {
  const world = await createWorld()
  let reached = 0
  const api: RequestListener = (incoming, response) => {
    if (incoming.method !== 'OPTIONS') reached++
    incoming.resume()
    if (incoming.headers.origin === page) response.setHeader('Access-Control-Allow-Origin', page)
    response.setHeader('Access-Control-Expose-Headers', 'X-Total').end('served')
  }
  const behind = { api, guard: guardOf(world, gateway), page }
  return withGateway(gateway, behind, async (running) => {
    const results: CaseResult[] = []
    const runAll = async (tries: readonly Try[]) => {
      for (const each of tries) results.push({ name: each.name, fault: await faultOf(each, running.port) })
    }
    await runAll(await triesOf(world))
    results.push({
      name: 'only two of these requests reach the API',
      fault: reached === 2 ? undefined : `${reached}`,
    })
    if (gateway.name === 'nginx') await runAll([await tooLarge(world)])
    await running.api.close()
    const away = { readable: true, status: gateway.apiAway, fields: await attested(world) }
    await runAll([{ name: 'a page reads that the API is away', ...away }])
    await running.guard.close()
    const unjudged = { readable: true, status: gateway.guardAway, fields: { Origin: page } }
    await runAll([
      { name: 'a page reads that the guard is away', ...unjudged },
      {
        name: 'a stranger does not read that the guard is away',
        ...unjudged,
        readable: false,
        fields: { Origin: stranger },
      },
      {
        name: 'two origins do not read that the guard is away',
        ...unjudged,
        readable: false,
        fields: { Origin: [page, page] },
      },
    ])
    return results
  })
}

function guardOf({ jwks }: World, { settings }: Gateway): RequestListener {
  const guard = createNodeGuard({
    issuer,
    audience,
    jwks: jwks as Parameters<typeof createNodeGuard>[0]['jwks'],
    mode: 'bound',
    apps: [app],
    tiers: ['affirming'],
    clock: () => now * 1000,
    nonces: {
      perNode: false,
      issue: () => due,
      check: (nonce) => (nonce === 'fresh' ? 'fresh' : nonce === 'ageing' ? 'ageing' : 'refused'),
    },
    onDecision: () => undefined,
  })
  return authRequestListener(guard, { ...settings, origins: [page] })
}

async function attested(world: World, nonce = 'fresh', claims: object = {}) {
  return {
    'OAuth-Client-Attestation': await world.token({ ...claims }),
    DPoP: await world.proof({ htm: 'GET', nonce }),
    Origin: page,
  }
}

async function triesOf(world: World): Promise<Try[]> {
  const stale = { status: 401, code: 'use_dpop_nonce', nonce: due }
  const asking = (method: string) => ({ Origin: page, 'Access-Control-Request-Method': method })
  const refusedPreflight = {
    ...{ method: 'OPTIONS', status: 401, code: 'attestation_required', readable: true },
  }
  return [
    { name: 'a page reads the nonce', fields: await attested(world, 'old'), ...stale, readable: true },
    {
      name: 'a stranger does not read the nonce',
      fields: { ...(await attested(world, 'old')), Origin: stranger },
      ...stale,
      readable: false,
    },
    {
      name: 'the origin null does not read the nonce',
      fields: { ...(await attested(world, 'old')), Origin: 'null' },
      ...stale,
      readable: false,
    },
    {
      name: 'two origins do not read the nonce',
      fields: { ...(await attested(world, 'old')), Origin: [page, stranger] },
      ...stale,
      readable: false,
    },
    {
      name: 'a page reads that its tier is not enough',
      fields: await attested(world, 'fresh', { ear_status: 'warning' }),
      status: 403,
      code: 'insufficient_attestation',
      readable: true,
    },
    { name: 'a page is served', fields: await attested(world), status: 200, readable: true },
    {
      name: 'a page is served, and reads the next nonce',
      fields: await attested(world, 'ageing'),
      status: 200,
      readable: true,
      nonce: due,
    },
    {
      name: 'a preflight for a known method',
      method: 'OPTIONS',
      fields: asking('PATCH'),
      status: 200,
      readable: true,
    },
    { name: 'a preflight for an unknown method', fields: asking('BREW'), ...refusedPreflight },
    { name: 'a preflight for a method in lower case', fields: asking('patch'), ...refusedPreflight },
    {
      name: 'a preflight for two methods',
      fields: { Origin: page, 'Access-Control-Request-Method': ['GET', 'BREW'] },
      ...refusedPreflight,
    },
  ]
}

/** More than `client_max_body_size`: nginx refuses before it asks. */
async function tooLarge(world: World): Promise<Try> {
  return {
    name: 'a page reads that its body is too large',
    fields: await attested(world),
    method: 'POST',
    body: 'x'.repeat(11_000_000),
    status: 413,
    readable: true,
  }
}

async function faultOf(each: Try, port: number): Promise<string | undefined> {
  const { fields = {}, method = 'GET', body } = each
  const sent = request({ host: '127.0.0.1', port, path: route, method, headers: { ...fields } })
  // nginx answers before it has the whole body.
  sent.on('error', () => undefined).end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const received = await text(answer)
  const { headersDistinct: all } = answer
  const allowed = all['access-control-allow-origin'] ?? []
  const exposed = (all['access-control-expose-headers'] ?? []).join(', ')
  const summary = `${answer.statusCode} ${JSON.stringify(all)} ${received.slice(0, 200)}`
  if (answer.statusCode !== each.status) return summary
  if (each.code !== undefined && !received.includes(`"code":"${each.code}"`)) return summary
  if (each.status >= 400 && !received.includes(`"status":${each.status}`)) return summary
  if (single.some((name) => (all[name]?.length ?? 0) > 1)) return `twice: ${summary}`
  if (each.status === 401 && all['www-authenticate'] === undefined) return summary
  if (JSON.stringify(allowed) !== JSON.stringify(each.readable ? [page] : [])) return summary
  if (all['dpop-nonce']?.[0] !== each.nonce) return summary
  const isExposed = each.nonce === undefined || !each.readable || exposed.includes('DPoP-Nonce')
  return isExposed ? undefined : summary
}
