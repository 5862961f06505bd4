import { nonEmpty, type Context } from '../command-line/context.ts'
import type { MetricsOptions } from '../command-line/listen-address.ts'
import type { ProxyFlags } from './guard-proxy-config.ts'

export interface GuardProxyOptions extends MetricsOptions, ProxyFlags {
  valkey?: string
  workers: number
  usageSocket?: string
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
