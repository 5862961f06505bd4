import path from 'node:path'
import { nonEmpty, type Context } from '../command-line/context.ts'
import type { MetricsOptions } from '../command-line/listen-address.ts'
import type { ProxyFlags } from './guard-proxy-config.ts'

export interface GuardProxyOptions extends MetricsOptions, ProxyFlags {
  valkey?: string
  workers: number
  usageSocket?: string
  journal?: string
  host: string
  port: number
}

/** URL of the server that processes share; undefined: none. */
export function valkeyOf(
  { valkey }: Pick<GuardProxyOptions, 'valkey'>,
  env: Context['env'],
): string | undefined {
  return valkey ?? nonEmpty(env['ASSAY_VALKEY'])
}

/** Where it says what installations use; undefined: nowhere. */
export function usageSocketOf(
  { usageSocket }: Pick<GuardProxyOptions, 'usageSocket'>,
  env: Context['env'],
): string | undefined {
  return usageSocket ?? nonEmpty(env['ASSAY_USAGE_SOCKET'])
}

/**
 * Where what is counted in memory is kept: as it is told, in the folder that systemd gives the service, or beside the
 * configuration. Undefined: nowhere.
 */
export function journalOf(
  { journal }: Pick<GuardProxyOptions, 'journal'>,
  file: string | undefined,
  env: Context['env'],
): string | undefined {
  const state = nonEmpty(env['STATE_DIRECTORY'])
  return (
    journal ??
    nonEmpty(env['ASSAY_JOURNAL']) ??
    (state === undefined ? undefined : path.join(state, 'meter.journal')) ??
    (file === undefined ? undefined : `${file}.journal`)
  )
}
