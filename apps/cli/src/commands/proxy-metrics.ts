import cluster from 'node:cluster'
import { AggregatorRegistry, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Decision } from '@assay/guard'
import { decisionCounter } from '@assay/guard/prometheus'
import type { Exchange } from '@assay/proxy'
import { collectProcessMetrics, serveMetrics, type MetricsSource } from '@assay/service/metrics-listener'
import type { Context } from '../command-line/context.ts'
import { metricsAddressOf, type MetricsOptions } from '../command-line/listen-address.ts'
import { usageError } from '../faults/cli-error.ts'

type Options = MetricsOptions & { version: string }

/** Metrics of a proxy that is served. */
export interface ProxyMetrics {
  count: { exchange: (exchange: Exchange) => void; decision: (decision: Decision) => void }
  /** Where they are, as a URL without path; a worker leaves that to the process that started it. */
  url: string | undefined
  close(): Promise<void>
}

/**
 * Counts what the proxy does, and serves it, if that is configured.
 *
 * @throws CliError `CLI_USAGE` also where nothing can listen
 */
export async function serveProxyMetrics(
  context: Context,
  options: Options,
  isReady: () => Promise<boolean>,
): Promise<ProxyMetrics | undefined> {
  if (metricsAddressOf(context, options) === undefined) return undefined
  const registry = new Registry()
  collectProcessMetrics(registry)
  const count = {
    exchange: countersOf(registry, options.version),
    decision: decisionCounter({ registry }),
  }
  if (cluster.isWorker) {
    // It answers the requests of the process that started this one.
    new AggregatorRegistry()
    AggregatorRegistry.setRegistries([registry])
    return { count, url: undefined, close: async () => undefined }
  }
  const served = await serve(context, options, registry, isReady)
  return { count, ...served }
}

/** Serves what the workers count, together. @throws CliError `CLI_USAGE` where nothing can listen */
export async function serveMergedMetrics(
  context: Context,
  options: Options,
  isReady: () => boolean,
): Promise<{ close(): Promise<void> } | undefined> {
  if (metricsAddressOf(context, options) === undefined) return undefined
  const merged = new AggregatorRegistry()
  const source: MetricsSource = { contentType: merged.contentType, metrics: () => merged.clusterMetrics() }
  const { url, close } = await serve(context, options, source, isReady)
  context.output.note(`Metrics at ${url}/metrics.`)
  return { close }
}

async function serve(
  context: Context,
  options: Options,
  source: MetricsSource,
  isReady: () => boolean | Promise<boolean>,
): Promise<{ url: string; close(): Promise<void> }> {
  const address = metricsAddressOf(context, options) as NonNullable<ReturnType<typeof metricsAddressOf>>
  return serveMetrics(source, { ...address, isReady }).catch(() => {
    throw usageError(
      'CLI_USAGE',
      `Nothing can listen at ${address.host}, port ${address.port}`,
      'Is the port in use? Choose another with --metrics-listen.',
    )
  })
}

/** Seconds. An answer of a language model takes longer than one of a map. */
const buckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** No caller can add a series: routes, codes and statuses are few. */
function countersOf(registry: Registry, version: string): (exchange: Exchange) => void {
  const registers = [registry]
  const requests = new Counter({
    name: 'assay_proxy_requests_total',
    help: 'Requests by route and by what became of them: served, cut, refused, or a malfunction here or behind, with its code.',
    labelNames: ['route', 'outcome', 'code'],
    registers,
  })
  const upstream = new Histogram({
    name: 'assay_proxy_upstream_seconds',
    help: 'Time until the upstream began its answer, by route and status.',
    labelNames: ['route', 'status'],
    buckets,
    registers,
  })
  new Gauge({
    name: 'assay_proxy_build_info',
    help: 'The version of the proxy that runs, as a label; the value is always 1.',
    labelNames: ['version'],
    aggregator: 'max',
    registers,
  }).set({ version }, 1)
  return (exchange) => {
    const { route, code, upstream: answered } = exchange
    requests.inc({ route: route ?? '', outcome: outcomeOf(exchange), code: code ?? '' })
    if (answered !== null)
      upstream.observe({ route: route ?? '', status: answered.status }, answered.milliseconds / 1000)
  }
}

/** Whether the caller is at fault, or this side: `served` and `cut` have no code. */
function outcomeOf({ code, status, end }: Exchange): 'served' | 'cut' | 'refused' | 'malfunction' {
  if (code === null) return end === 'complete' ? 'served' : 'cut'
  // An answer that the upstream broke off had the upstream's status.
  return code === 'PROXY_UPSTREAM_BROKEN' || (status ?? 0) >= 500 ? 'malfunction' : 'refused'
}
