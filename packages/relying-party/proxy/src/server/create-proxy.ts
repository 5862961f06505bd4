import { createServer, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Guard } from '@assay/guard'
import { problemOf } from '../faults/problem.ts'
import type { ProxyConfig } from '../config/proxy-config.ts'
import type { Meter } from '../meter/meter.ts'
import { createFieldFilter } from '../request/fields.ts'
import { createUpstreams } from '../upstream/upstreams.ts'
import type { Exchange, ProxyParts, ServedRoute } from './proxy-parts.ts'
import { serveRequest } from './serve-request.ts'
import { serveUpgrade } from './serve-upgrade.ts'

export interface ProxyOptions {
  readonly config: ProxyConfig
  /** Of the configuration's issuer, audience, apps, tiers and mode. */
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
  /** Ends the connections to the upstreams. */
  close(): Promise<void>
}

/** Milliseconds. */
const timeouts = { headers: 15_000, keepAlive: 65_000 }
const longestFields = 32 * 1024

/** A proxy that serves its routes: what passes, passes through its guard and its meter. */
export function createProxy(options: ProxyOptions): Proxy {
  const { config, guard, ...rest } = options
  const upstreams = createUpstreams()
  const served = new Map(config.routes.map((route) => [route, servedRoute(route, guard)]))
  const parts: ProxyParts = { config, served, upstreams, ...rest }
  const server = createServer({
    insecureHTTPParser: false,
    maxHeaderSize: longestFields,
    headersTimeout: timeouts.headers,
    requestTimeout: Math.max(...config.routes.map(({ time }) => time.total)),
    keepAliveTimeout: timeouts.keepAlive,
    joinDuplicateHeaders: false,
  })
  server.on('request', (request, response) => void serveRequest(parts, request, response, false))
  server.on('checkContinue', (request, response) => void serveRequest(parts, request, response, true))
  server.on('upgrade', (request, socket, head) => void serveUpgrade(parts, request, socket, head))
  server.on('clientError', (error, socket) => answerUnreadable(parts, error, socket))
  return { server, close: () => upstreams.close() }
}

function servedRoute(route: ServedRoute['route'], guard: Guard): ServedRoute {
  const rules = { injected: route.injected.fields.map(({ name }) => name), keepsCookies: route.keepsCookies }
  return {
    route,
    guard: guard.forRoute({ apps: route.apps, tiers: route.tiers }),
    passesField: {
      any: createFieldFilter({ ...rules, needsIdentity: false }),
      identity: createFieldFilter({ ...rules, needsIdentity: true }),
    },
  }
}

/** What no parser takes has no route, and may be the rest of another request: the connection ends. */
function answerUnreadable(
  { onExchange }: ProxyParts,
  error: Error & { code?: string },
  socket: Duplex,
): void {
  // Whoever has left gets no answer, and has asked for nothing.
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const { _httpMessage: answering } = socket as { _httpMessage?: { headersSent?: boolean } | null }
  if (answering?.headersSent === true) return void socket.destroy()
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
    status,
    installation: null,
    upstream: null,
    end: 'complete',
    echoed: [],
  })
}
