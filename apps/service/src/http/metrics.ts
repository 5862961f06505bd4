import { isIP } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { endConnectionsWhenDraining } from './server.ts'

/** What is counted about an attestation here. Builds are not: their number grows, and `GET /v1/stats` has them. */
interface Counted {
  app: string
  platform: string
  outcome: string
  tier: string
  code: string
  milliseconds?: number | undefined
}

export type Metrics = ReturnType<typeof createMetrics>

/** Upper bounds of the buckets, in seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** Gauges of the library whose names are those of counters: `promtool check metrics` refuses them. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

/** Several servers of Prometheus, each with a connection that it keeps for its next scrape. */
const mostConnections = 32
/** Milliseconds. A scrape has one small request. */
const timeouts = { request: 5_000, idle: 10_000, keepAlive: 90_000 }

const shadowPrefix = 'shadow_'

/** Metrics for Prometheus. Labels are registered names and codes: no client can create more of them. */
export function createMetrics(
  version: string,
  unregistered: () => readonly { app: string; networks: number }[] = () => [],
) {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  for (const name of misnamed) registry.removeSingleMetric(name)
  new Gauge({
    name: 'assay_build_info',
    help: 'The version of the service that runs, as a label; the value is always 1.',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1)
  const attestations = new Counter({
    name: 'assay_attestations_total',
    help: 'Attestations by how they ended; must_enrol is followed by an enrolment, and reported is what SDKs report unsigned.',
    labelNames: ['app', 'platform', 'outcome', 'tier', 'code'],
    registers,
  })
  new Gauge({
    name: 'assay_unregistered_build_networks',
    help: 'Distinct networks that named one unregistered build of the app within 30 minutes: of the build with the most.',
    labelNames: ['app'],
    registers,
    collect() {
      this.reset()
      const seen = new Set<string>()
      for (const { app, networks } of unregistered()) {
        if (!seen.has(app)) this.set({ app }, networks)
        seen.add(app)
      }
    },
  })
  const unproven = new Counter({
    name: 'assay_requests_unproven_total',
    help: 'Challenges and attestations that were refused before possession of a key was proved: anybody can cause them.',
    labelNames: ['app', 'code'],
    registers,
  })
  const unserved = new Counter({
    name: 'assay_requests_unserved_total',
    help: 'Requests that were answered with 429 or 503, by the limit that they were beyond.',
    labelNames: ['app', 'code'],
    registers,
  })
  const shadows = new Counter({
    name: 'assay_shadow_verdicts_total',
    help: 'What shadow policies made of attestations: agreed with the real one, or would have refused, or passed, or failed.',
    labelNames: ['app', 'verdict', 'code'],
    registers,
  })
  const duration = new Histogram({
    name: 'assay_attestation_duration_seconds',
    help: 'How long attestations took.',
    labelNames: ['outcome'],
    buckets,
    registers,
  })
  return {
    count({ app, platform, outcome, tier, code, milliseconds }: Counted): void {
      if (outcome.startsWith(shadowPrefix)) {
        shadows.inc({ app, verdict: outcome.slice(shadowPrefix.length), code })
        return
      }
      if (outcome === 'unproven' || outcome === 'unserved') {
        const requests = { unproven, unserved }[outcome]
        requests.inc({ app, code })
        return
      }
      attestations.inc({ app, platform, outcome, tier, code })
      if (milliseconds !== undefined) duration.observe({ outcome }, milliseconds / 1000)
    },
    /**
     * Serves `GET /metrics`, and nothing else. It does not listen yet.
     *
     * @param how.host where it will listen
     * @param how.names by which it may be asked as well
     */
    listener({ host, names = [] }: { host: string; names?: readonly string[] }): FastifyInstance {
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
      return app
    },
  }
}

/**
 * Whether a request names this listener. A page in a browser of the network could otherwise read the metrics under a name
 * of its own that leads here (DNS rebinding); with an address it cannot.
 */
function isAskedFor(host: string | undefined, known: ReadonlySet<string>): boolean {
  const name = (host ?? '').toLowerCase().replace(/:\d{1,5}$/, '')
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || known.has(name)
}
