import cluster from 'node:cluster'
import { paths } from '@assay/protocol'
import { createNodeGuard } from '@assay/guard/node'
import {
  checkConfig,
  createProxy,
  ProxyConfigError,
  Secrets,
  secretFiles,
  type Exchange,
  type ProxyConfig,
} from '@assay/proxy'
import type { Context } from '../command-line/context.ts'
import { exitCodes } from '../faults/cli-codes.ts'
import { CliError } from '../faults/cli-error.ts'
import { listenAt } from '../running/listen.ts'
import { serveUsage } from '../running/usage-socket.ts'
import { configInFile, configInFlags } from './guard-proxy-config.ts'
import { journalOf, usageSocketOf, valkeyOf, type GuardProxyOptions } from './guard-proxy-options.ts'
import { openMeter, type OpenMeter } from './proxy-meter.ts'
import { serveProxyMetrics, type ProxyMetrics } from './proxy-metrics.ts'
import { superviseWorkers } from './proxy-workers.ts'

/** Milliseconds. */
const grace = 10_000
const secretsReadAgainEvery = 1_000

type Options = GuardProxyOptions & { version: string }

/** Serves until it is stopped. @throws CliError for a configuration that cannot be used */
export async function serveProxy(
  context: Context,
  file: string | undefined,
  options: Options,
  signals: NodeJS.EventEmitter,
): Promise<void> {
  const secrets = new Secrets({
    files: secretFiles,
    env: context.env,
    onEvent: (event) => context.output.note(`${event.code} ${JSON.stringify({ file: event.file })}`),
  })
  const config = coded(() =>
    checkConfig(file === undefined ? configInFlags(options) : configInFile(file), secrets),
  )
  if (options.workers > 1 && cluster.isPrimary) return superviseWorkers(context, options, signals)
  const places = {
    valkey: valkeyOf(options, context.env),
    journal: journalOf(options, file, context.env),
  }
  const open = await openMeter(context, config, places).catch((cause: unknown) => {
    throw codedFault(cause)
  })
  let metrics: ProxyMetrics | undefined
  let usage: { close(): Promise<void> } | undefined
  const reading = setInterval(() => secrets.refresh(), secretsReadAgainEvery)
  try {
    const proxy = proxyOver(context, config, open, {
      exchange: (exchange) => metrics?.count.exchange(exchange),
      decision: (decision) => metrics?.count.decision(decision),
      clock: (offset) => metrics?.count.clock(offset),
    })
    metrics = await serveProxyMetrics(context, options, { isReady: () => proxy.isReady(), use: open.meter })
    if (metrics?.url !== undefined) context.output.note(`Metrics at ${metrics.url}/metrics.`)
    const socket = usageSocketOf(options, context.env)
    if (socket !== undefined) usage = await serveUsage(socket, open.meter)
    const place = await listenAt(proxy.server, options.host, options.port)
    context.output.note(`Proxy at ${place}. Stop it with Ctrl-C.`)
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM']) signals.once(signal, () => resolve())
    })
    await proxy.stop(grace)
  } finally {
    clearInterval(reading)
    await usage?.close()
    await metrics?.close()
    await open.close()
    // A worker would live as long as its channel to the process that started it.
    if (cluster.isWorker) cluster.worker?.disconnect()
  }
}

function proxyOver(
  { output, clock }: Context,
  config: ProxyConfig,
  { meter, stores }: OpenMeter,
  count: ProxyMetrics['count'],
) {
  const guard = coded(() => guardOf(config, stores, count))
  if (guard.singleUse === 'once_per_node')
    output.note('A proof is valid once per process, and each counts by itself: run one, or give --valkey.')
  let isStopping = false
  const proxy = createProxy({
    config,
    guard,
    meter,
    clock,
    onExchange: (exchange) => {
      count.exchange(exchange)
      for (const line of linesOf(exchange)) output.note(line)
    },
    onFault: (fault) => output.warn(`PROXY_FAILED ${nameOf(fault)}`),
  })
  return {
    server: proxy.server,
    isReady: async () => !isStopping && (await guard.ready()) === undefined,
    stop: (within: number) => {
      isStopping = true
      return proxy.stop(within)
    },
  }
}

function guardOf(
  config: ProxyConfig,
  stores: OpenMeter['stores'],
  { decision, clock }: Pick<ProxyMetrics['count'], 'decision' | 'clock'>,
) {
  const { issuer, audience, apps, tiers, tokenKind, mode, publicBaseUrl } = config
  return createNodeGuard({
    issuer,
    audience,
    apps,
    tiers,
    tokenKind,
    mode,
    jwks: { url: issuer + (config.isDevelopment ? paths.developmentJwks : paths.jwks) },
    ...(config.isDevelopment ? { development: true } : {}),
    ...(publicBaseUrl === undefined ? {} : { publicBaseUrl }),
    // Refusals have a line of their own.
    onDecision: decision,
    onClock: clock,
    ...stores,
    ...(config.hasStatusList ? { statusList: {} } : {}),
  })
}

/** A line for each refusal and each fault; nothing of a request that was served as it should be. */
function linesOf({ code, method, path, route, detail, installation, echoed }: Exchange): string[] {
  const known = {
    method,
    path,
    route,
    ...(detail === null ? {} : { detail }),
    ...(installation === null ? {} : { installation }),
  }
  return [
    ...(code === null ? [] : [`${code} ${JSON.stringify(known)}`]),
    ...(echoed.length === 0 ? [] : [`PROXY_SECRET_ECHOED ${JSON.stringify({ route, fields: echoed })}`]),
  ]
}

/** Its message may hold anything. */
function nameOf(fault: unknown): string {
  return fault instanceof Error ? fault.name : typeof fault
}

function coded<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw codedFault(cause)
  }
}

function codedFault(cause: unknown): unknown {
  if (cause instanceof ProxyConfigError)
    return new CliError(cause.code, cause.message, exitCodes.usage, { hint: cause.action })
  if (cause instanceof TypeError)
    return new CliError('PROXY_CONFIG_GUARD', cause.message, exitCodes.usage, {
      hint: 'Correct issuer, audience, apps, tiers, mode or kind of token.',
    })
  return cause
}
