import cluster, { type Worker } from 'node:cluster'
import type { Context } from '../command-line/context.ts'
import { exitCodes } from '../faults/cli-codes.ts'
import { CliError } from '../faults/cli-error.ts'
import { serveMergedMetrics } from './proxy-metrics.ts'
import type { GuardProxyOptions } from './guard-proxy-options.ts'

/** Milliseconds after which a worker that has ended is replaced. */
const replaceAfter = 1_000

/** Keeps `--workers` processes running that serve at one address, until it is stopped. */
export async function superviseWorkers(
  context: Context,
  options: GuardProxyOptions & { version: string },
  signals: NodeJS.EventEmitter,
): Promise<void> {
  const listening = new Set<number>()
  let isStopping = false
  let failedAtStart: number | undefined
  const timers = new Set<NodeJS.Timeout>()
  let ended: () => void = () => undefined
  const stopped = new Promise<void>((resolve) => (ended = resolve))
  const stop = () => {
    isStopping = true
    for (const worker of workers()) worker.kill('SIGTERM')
    if (workers().length === 0) ended()
  }
  cluster.on('listening', ({ id }) => listening.add(id))
  cluster.on('exit', ({ id }, code) => {
    const hasListened = listening.delete(id)
    if (!hasListened && !isStopping) {
      failedAtStart = code
      stop()
    }
    if (isStopping) {
      if (workers().length === 0) ended()
      return
    }
    context.output.warn('a worker has ended, and is replaced')
    timers.add(setTimeout(() => cluster.fork(), replaceAfter))
  })
  const metrics = await serveMergedMetrics(
    context,
    options,
    () => listening.size === options.workers && !isStopping,
  )
  try {
    for (let count = 0; count < options.workers; count++) cluster.fork()
    for (const signal of ['SIGINT', 'SIGTERM']) signals.once(signal, stop)
    await stopped
  } finally {
    for (const timer of timers) clearTimeout(timer)
    await metrics?.close()
  }
  // It has said why.
  if (failedAtStart !== undefined)
    throw new CliError('CLI_USAGE', 'No worker could start', failedAtStart || exitCodes.fault)
}

function workers(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
}
