import type { ClockOffset, Decision } from '@assay/guard'
import type { Context } from '../command-line/context.ts'
import { metricsAddressOf, type MetricsOptions } from '../command-line/listen-address.ts'
import { usageError } from '../faults/cli-error.ts'

/** Metrics of a guard that is served. */
export interface GuardMetrics {
  count: (decision: Decision) => void
  clock: (offset: ClockOffset) => void
  /** Where they are, as a URL without path. */
  url: string
  close(): Promise<void>
}

/**
 * Serves what the guard decides for Prometheus, if that is configured, with the CPU and memory of the process.
 *
 * @param version of the CLI, which is that of the guard
 * @throws CliError `CLI_USAGE` also where nothing can listen
 */
export async function serveGuardMetrics(
  context: Context,
  options: MetricsOptions,
  version: string,
): Promise<GuardMetrics | undefined> {
  const address = metricsAddressOf(context, options)
  if (address === undefined) return undefined
  // Loaded only where they are used.
  const [{ Gauge, Registry }, { clockGauge, decisionCounter }, { collectProcessMetrics, serveMetrics }] =
    await Promise.all([
      import('prom-client'),
      import('@assay/guard/prometheus'),
      import('@assay/service/metrics-listener'),
    ])
  const registry = new Registry()
  collectProcessMetrics(registry)
  new Gauge({
    name: 'assay_guard_build_info',
    help: 'The version of the guard that runs, as a label; the value is always 1.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version }, 1)
  const { url, close } = await serveMetrics(registry, address).catch(() => {
    throw usageError(
      'CLI_USAGE',
      `Nothing can listen at ${address.host}, port ${address.port}`,
      'Is the port in use? Choose another with --metrics-listen.',
    )
  })
  return { count: decisionCounter({ registry }), clock: clockGauge({ registry }), url, close }
}
