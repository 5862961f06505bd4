import { usageError } from '../faults/cli-error.ts'
import { nonEmpty, type Context } from './context.ts'

export interface ListenAddress {
  host: string
  port: number
}

/** @param option for the message @throws CliError `CLI_USAGE` */
export function addressIn(text: string, option: string): ListenAddress {
  const [, bracketed, plain, port] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  if (host === undefined) throw usageError('CLI_USAGE', `${option} is not HOST:PORT, as in 127.0.0.1:8788`)
  return { host, port: Number(port) }
}

/** The members of a list with commas. */
export function listIn(text: string | undefined): string[] | undefined {
  return nonEmpty(text)
    ?.split(',')
    .map((each) => each.trim())
}

export interface MetricsOptions {
  metricsListen?: string
  metricsName?: string[]
}

/** Where metrics are served, and by which names they may be asked for. @throws CliError `CLI_USAGE` */
export function metricsAddressOf(
  { env }: Pick<Context, 'env'>,
  options: MetricsOptions,
): (ListenAddress & { names?: string[] }) | undefined {
  const listen = options.metricsListen ?? nonEmpty(env['ASSAY_METRICS_LISTEN'])
  const names = options.metricsName ?? listIn(env['ASSAY_METRICS_NAMES'])
  if (listen === undefined) {
    if (names === undefined) return undefined
    throw usageError('CLI_USAGE', 'There is a --metrics-name, and no --metrics-listen for it')
  }
  return { ...addressIn(listen, '--metrics-listen'), ...(names === undefined ? {} : { names }) }
}
