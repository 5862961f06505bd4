import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { collectProcessMetrics, createMetricsListener, type MetricsAddress } from './metrics-listener.ts'
import { createBuildCounter } from './metrics/build-counter.ts'
import { addServiceGauges, type ServiceSources } from './metrics/service-gauges.ts'

/** What is counted about an attestation here. */
interface Counted {
  app: string
  build: string
  platform: string
  outcome: string
  tier: string
  code: string
  milliseconds?: number | undefined
}

export type Metrics = ReturnType<typeof createMetrics>

/** Upper bounds of the buckets, in seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

const shadowPrefix = 'shadow_'

/** Metrics for Prometheus. Labels are registered names and codes: no client can create more of them. */
export function createMetrics(
  version: string,
  unregistered: () => readonly { app: string; networks: number }[] = () => [],
) {
  const registry = new Registry()
  const registers = [registry]
  collectProcessMetrics(registry)
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
  const countBuild = createBuildCounter(registry)
  const duration = new Histogram({
    name: 'assay_attestation_duration_seconds',
    help: 'How long attestations took.',
    labelNames: ['outcome'],
    buckets,
    registers,
  })
  return {
    count({ app, build, platform, outcome, tier, code, milliseconds }: Counted): void {
      if (outcome.startsWith(shadowPrefix)) {
        shadows.inc({ app, verdict: outcome.slice(shadowPrefix.length), code })
        return
      }
      if (outcome === 'unproven' || outcome === 'unserved') {
        const requests = { unproven, unserved }[outcome]
        requests.inc({ app, code })
        return
      }
      countBuild({ app, build, outcome })
      attestations.inc({ app, platform, outcome, tier, code })
      if (milliseconds !== undefined) duration.observe({ outcome }, milliseconds / 1000)
    },
    /** Adds what the service knows of itself, once it is put together. */
    watch: (sources: ServiceSources) => addServiceGauges(registry, sources),
    listener: (address: MetricsAddress) => createMetricsListener(registry, address),
  }
}
