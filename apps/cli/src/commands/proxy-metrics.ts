import cluster from 'node:cluster'
import { AggregatorRegistry, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ClockOffset, Decision } from '@assay/guard'
import { clockGauge, decisionCounter } from '@assay/guard/prometheus'
import type { Exchange, MeterUse } from '@assay/proxy'
import { collectProcessMetrics, serveMetrics, type MetricsSource } from '@assay/service/metrics-listener'
import type { Context } from '../command-line/context.ts'
import { metricsAddressOf, type MetricsOptions } from '../command-line/listen-address.ts'
import { usageError } from '../faults/cli-error.ts'

type Options = MetricsOptions & { version: string }

/** Metrics of a proxy that is served. */
export interface ProxyMetrics {
  count: {
    exchange: (exchange: Exchange) => void
    decision: (decision: Decision) => void
    clock: (offset: ClockOffset) => void
  }
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
  { isReady, use }: { isReady: () => Promise<boolean>; use: MeterUse },
): Promise<ProxyMetrics | undefined> {
  if (metricsAddressOf(context, options) === undefined) return undefined
  const registry = new Registry()
  collectProcessMetrics(registry)
  gaugesOf(registry, use)
  const count = {
    exchange: countersOf(registry, options.version),
    decision: decisionCounter({ registry }),
    clock: clockGauge({ registry }),
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
  const units = new Counter({
    name: 'assay_proxy_cost_units_total',
    help: 'Units of cost that requests were charged, by route: what answers stated, or what was reserved where they did not.',
    labelNames: ['route'],
    registers,
  })
  const money = new Counter({
    name: 'assay_proxy_cost_money_total',
    help: 'The same at the price of the route, in its currency.',
    labelNames: ['route'],
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
    const { route, code, upstream: answered, charged } = exchange
    if (charged !== null) {
      units.inc({ route: route ?? '' }, charged.units)
      if (charged.money !== null) money.inc({ route: route ?? '' }, charged.money)
    }
    requests.inc({ route: route ?? '', outcome: outcomeOf(exchange), code: code ?? '' })
    if (answered !== null)
      upstream.observe({ route: route ?? '', status: answered.status }, answered.milliseconds / 1000)
  }
}

/** Seconds. */
const day = 86_400

/** Gauges of the meter, read at each scrape. Processes that share a store report the same values; the largest counts. */
function gaugesOf(registry: Registry, use: MeterUse): void {
  const shared = { registers: [registry], aggregator: 'max' as const }
  new Gauge({
    ...shared,
    name: 'assay_proxy_budget_used_ratio',
    help: 'Part of a budget of money that is used in its present window, what is reserved included: 1 is all of it.',
    labelNames: ['budget', 'window'],
    collect() {
      for (const { budget, window, used } of use.budgets())
        this.set({ budget, window: window === day ? 'day' : 'hour' }, used)
    },
  })
  const dropped = new Gauge({
    ...shared,
    name: 'assay_proxy_meter_accounts_dropped',
    help: 'Accounts that the meter has dropped, for want of space, before their windows were over, by route and kind.',
    labelNames: ['route', 'scope'],
  })
  new Gauge({
    ...shared,
    name: 'assay_proxy_meter_accounts',
    help: 'Accounts that the meter holds, by route and kind: of installations, networks and apps. At most 100,000 each.',
    labelNames: ['route', 'scope'],
    async collect() {
      // Without its store the meter serves nothing, and its other metrics say so.
      for (const { route, scope, accounts, dropped: count } of await use.accounts().catch(() => [])) {
        this.set({ route, scope }, accounts)
        dropped.set({ route, scope }, count)
      }
    },
  })
}

/** Whether the caller is at fault, or this side: `served` and `cut` have no code. */
function outcomeOf({ code, status, end }: Exchange): 'served' | 'cut' | 'refused' | 'malfunction' {
  if (code === null) return end === 'complete' ? 'served' : 'cut'
  // An answer that the upstream broke off had the upstream's status.
  return code === 'PROXY_UPSTREAM_BROKEN' || (status ?? 0) >= 500 ? 'malfunction' : 'refused'
}
