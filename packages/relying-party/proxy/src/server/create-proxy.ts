import { createServer, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Guard } from '@assay/guard'
import { problemOf } from '../faults/problem.ts'
import type { ProxyConfig } from '../config/proxy-config.ts'
import type { Meter } from '../meter/meter.ts'
import { createFieldFilter } from '../request/fields.ts'
import { HeldBodies } from '../request/held-bodies.ts'
import { createUpstreams } from '../upstream/upstreams.ts'
import { boundConnections } from './connections.ts'
import type { Exchange, ProxyParts, ServedRoute } from './proxy-parts.ts'
import { serveRequest } from './serve-request.ts'
import { serveUpgrade } from './serve-upgrade.ts'

export interface ProxyOptions {
  readonly config: ProxyConfig
  /** Of the configuration's issuer, audience, apps, tiers, kind of token and mode. */
  readonly guard: Guard
  readonly meter: Meter
  /** Unix milliseconds. */
  readonly clock: () => number
  /** Called once for each request, when it has ended. */
  readonly onExchange: (exchange: Exchange) => void
  /** Called with unexpected faults. */
  readonly onFault: (fault: unknown) => void
}

export interface Proxy {
  /** Does not listen yet. */
  readonly server: Server
  /**
   * Accepts nothing more, lets what is under way end, and cuts off what has not after `grace` milliseconds. WebSockets are
   * cut off at once.
   */
  stop(grace: number): Promise<void>
}

/** Milliseconds. */
const timeouts = { headers: 10_000, keepAlive: 65_000 }
const longestFields = 16 * 1024
/** Milliseconds between two looks for heads that take too long. */
const headsLookedAtEach = 2_000

/** An address that only a trusted proxy can state. */
const nowhere = '0.0.0.0'

/** A proxy that serves its routes: what passes, passes through its guard and its meter. */
export function createProxy(options: ProxyOptions): Proxy {
  const { config, guard, ...rest } = options
  const upstreams = createUpstreams()
  const served = new Map(config.routes.map((route) => [route, servedRoute(route, guard, config)]))
  const parts: ProxyParts = { config, served, upstreams, bodies: new HeldBodies(), ...rest }
  const server = createServer({
    insecureHTTPParser: false,
    maxHeaderSize: longestFields,
    headersTimeout: timeouts.headers,
    requestTimeout: Math.max(timeouts.headers, ...config.routes.map(({ time }) => time.total)),
    keepAliveTimeout: timeouts.keepAlive,
    connectionsCheckingInterval: headsLookedAtEach,
    joinDuplicateHeaders: false,
  })
  boundConnections(server, (peer) => config.addressOf(peer, [nowhere]) === nowhere)
  server.on('request', (request, response) => void serveRequest(parts, request, response, false))
  server.on('checkContinue', (request, response) => void serveRequest(parts, request, response, true))
  const upgraded = new Set<Duplex>()
  server.on('upgrade', (request, socket, head) => {
    upgraded.add(socket)
    socket.once('close', () => upgraded.delete(socket))
    void serveUpgrade(parts, request, socket, head)
  })
  server.on('clientError', (error, socket) => answerUnreadable(parts, error, socket))
  return {
    server,
    async stop(grace) {
      for (const socket of upgraded) socket.destroy()
      await drain(server, grace)
      await upstreams.destroy()
    },
  }
}

/** Each answer ends its connection: a caller who keeps it busy would never close it. */
async function drain(server: Server, grace: number): Promise<void> {
  server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'))
  // Otherwise a connection whose request ends now would be kept open for another one.
  const idle = setInterval(() => server.closeIdleConnections(), 20)
  const late = setTimeout(() => server.closeAllConnections(), grace)
  await new Promise<void>((resolve) => server.close(() => resolve()))
  clearInterval(idle)
  clearTimeout(late)
}

function servedRoute(
  route: ServedRoute['route'],
  guard: Guard,
  { tokenKind, meterRules }: Pick<ProxyConfig, 'tokenKind' | 'meterRules'>,
): ServedRoute {
  const rules = {
    injected: route.injected.fields.map(({ name }) => name),
    keepsCookies: route.keepsCookies,
    keepsAuthorization: tokenKind !== 'access',
  }
  return {
    route,
    guard: guard.forRoute({ apps: route.apps, tiers: route.tiers }),
    cost: meterRules.find((rules) => rules.route === route.name)?.cost,
    passesField: {
      any: createFieldFilter({ ...rules, needsIdentity: false }),
      identity: createFieldFilter({ ...rules, needsIdentity: true }),
    },
  }
}

/** Bytes that are no request have no route, and may be the rest of another request: the connection ends. */
function answerUnreadable(
  { onExchange }: ProxyParts,
  error: Error & { code?: string },
  socket: Duplex,
): void {
  // A caller who has left gets no answer, and is not reported.
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  // A request that is under way ends with its connection, and reports that itself.
  const { _httpMessage: answering } = socket as { _httpMessage?: object | null }
  if (answering !== undefined && answering !== null) return void socket.destroy()
  const { status, headers, body } = problemOf('PROXY_MESSAGE')
  const lines = Object.entries({ ...headers, 'Content-Length': Buffer.byteLength(body), Connection: 'close' })
  socket.once('finish', () => socket.destroy())
  socket.end(
    [`HTTP/1.1 ${status} Bad Request`, ...lines.map(([name, value]) => `${name}: ${value}`), '', body].join(
      '\r\n',
    ),
  )
  onExchange({
    method: '',
    path: null,
    route: null,
    code: 'PROXY_MESSAGE',
    detail: null,
    status,
    installation: null,
    upstream: null,
    end: 'complete',
    echoed: [],
    charged: null,
  })
}
