import { isIP } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { paths } from '@assay/protocol'
import { collectDefaultMetrics, type Registry } from 'prom-client'
import { addressOf, endConnectionsWhenDraining, stopListening } from './server.ts'

/** Several servers of Prometheus, each with a connection that it keeps for its next scrape. */
const mostConnections = 32
/** Milliseconds. A scrape has one small request. */
const timeouts = { request: 5_000, idle: 10_000, keepAlive: 90_000 }

/** Gauges of the library whose names are those of counters: `promtool check metrics` refuses them. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

/** Adds what Prometheus wants to know of any process of Node: CPU, memory, event loop, collections of the heap. */
export function collectProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry })
  for (const name of misnamed) registry.removeSingleMetric(name)
}

/** What is served: a registry, or those of several processes together. */
export interface MetricsSource {
  readonly contentType: string
  metrics(): Promise<string>
}

/** Where metrics are served. */
export interface MetricsAddress {
  /** Address to listen on. */
  host: string
  /** Host names by which it may be asked, besides addresses, `localhost` and `host`; pages of other names cannot read it. */
  names?: readonly string[]
  /** Serves `/livez`, and `/readyz` by what this says. Default: neither. */
  isReady?: () => boolean | Promise<boolean>
}

/** Serves `GET /metrics` from a registry, and the probes if they are asked for. It does not listen yet. */
export function createMetricsListener(
  registry: MetricsSource,
  { host, names = [], isReady }: MetricsAddress,
): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: 1,
    requestTimeout: timeouts.request,
    connectionTimeout: timeouts.idle,
    keepAliveTimeout: timeouts.keepAlive,
  })
  app.server.maxConnections = mostConnections
  endConnectionsWhenDraining(app)
  const known = new Set(['localhost', host, ...names].map((name) => name.toLowerCase()))
  app.addHook('onRequest', async (request, reply) => {
    if (!isAskedFor(request.headers.host, known)) await reply.code(421).send('another host name')
  })
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
  if (isReady !== undefined) {
    app.get(paths.live, async () => ({ status: 'live' }))
    app.get(paths.ready, async (_request, reply) => {
      const ready = await isReady()
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not_ready' })
    })
  }
  return app
}

/**
 * Serves the registry of a process that is not the service, such as a guard's.
 *
 * @param at.port 0: any free port
 * @returns the URL without path, and how it ends
 * @throws the system's error if nothing can listen there
 */
export async function serveMetrics(
  registry: MetricsSource,
  { port, ...address }: MetricsAddress & { port: number },
): Promise<{ url: string; close: () => Promise<void> }> {
  const app = createMetricsListener(registry, address)
  await app.listen({ host: address.host, port })
  return { url: addressOf(app), close: () => stopListening(app) }
}

/**
 * Whether a request names this listener. A page in a browser of the network could otherwise read the metrics under a name
 * of its own that leads here (DNS rebinding); with an address it cannot.
 */
function isAskedFor(host: string | undefined, known: ReadonlySet<string>): boolean {
  const name = (host ?? '').toLowerCase().replace(/:\d{1,5}$/, '')
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || known.has(name)
}
