import type { Command } from 'commander'
import type { ServiceConfig, ServiceLimits } from '@assay/service'
import { integer } from '../command-line/arguments.ts'
import { nonEmpty, type Context } from '../command-line/context.ts'
import { addressIn, listIn, metricsAddressOf, type MetricsOptions } from '../command-line/listen-address.ts'
import { readJsonFile } from '../command-line/input-file.ts'
import { usageError } from '../faults/cli-error.ts'

export interface TuningOptions extends MetricsOptions {
  trustedProxy?: string[]
  epochLength?: number
  limit?: string[]
  googleCredentials?: string
  statusListMaxAge?: number
  testVendors?: string
  consoleListen?: string
  consoleUrl?: string
  adminListen?: string
  otlpEndpoint?: string
}

/** Options of `serve` besides those for its listener and its data. */
export function withTuning(command: Command): Command {
  return command
    .option(
      '--trusted-proxy <address...>',
      'reverse proxies whose X-Forwarded-For is trusted (or ASSAY_TRUSTED_PROXIES, with commas)',
    )
    .option(
      '--epoch-length <seconds>',
      'how long the service uses one measurement plan for a build (60 to 86400; default 1800)',
      integer,
    )
    .option(
      '--limit <name=value...>',
      `limits in place of the defaults (or ASSAY_LIMIT, with commas): ${limitNames.join(', ')}`,
    )
    .option(
      '--admin-listen <address>',
      'serve the routes of operators and pipelines at HOST:PORT (or ASSAY_ADMIN_LISTEN), and not where apps ask; default: at the same address',
    )
    .option(
      '--console-listen <address>',
      'serve the console at HOST:PORT (or ASSAY_CONSOLE_LISTEN); there is none by default, and on loopback it needs nothing else',
    )
    .option(
      '--console-url <url>',
      'how browsers reach the console: the https origin of the proxy before it (or ASSAY_CONSOLE_URL)',
    )
    .option(
      '--metrics-listen <address>',
      'serve numbers for Prometheus at HOST:PORT/metrics (or ASSAY_METRICS_LISTEN); there are none by default, and whoever reaches it reads them',
    )
    .option(
      '--metrics-name <name...>',
      'host names by which Prometheus asks for them, besides addresses (or ASSAY_METRICS_NAMES, with commas)',
    )
    .option(
      '--otlp-endpoint <url>',
      'send spans of attestations to the OTLP/HTTP receiver there, such as http://127.0.0.1:4318 (or OTEL_EXPORTER_OTLP_ENDPOINT); needs the packages of OpenTelemetry',
    )
    .option(
      '--google-credentials <file>',
      'key file of the Google service account that decodes tokens for apps (or ASSAY_GOOGLE_CREDENTIALS)',
    )
    .option(
      '--status-list-max-age <seconds>',
      "how long Google's list of revoked Android keys stays valid when it cannot be fetched again (3600 to 2592000; default 259200)",
      integer,
    )
    .option(
      '--test-vendors <file>',
      'for trials on this machine only: JSON with roots and addresses of a test world, in addition to those of Apple and Google',
    )
}

type Tuning = Pick<
  ServiceConfig,
  'trustedProxies' | 'epochLength' | 'limits' | 'vendors' | 'admin' | 'console' | 'metrics' | 'tracing'
>

export async function tuningOf(context: Context, options: TuningOptions): Promise<Tuning> {
  const { env } = context
  const trustedProxies = options.trustedProxy ?? listIn(env.ASSAY_TRUSTED_PROXIES)
  const limits = options.limit ?? listIn(env.ASSAY_LIMIT)
  const vendors = await vendorsOf(context, options)
  const console = consoleOf(context, options)
  const admin = options.adminListen ?? nonEmpty(env.ASSAY_ADMIN_LISTEN)
  const metrics = metricsAddressOf(context, options)
  const endpoint = options.otlpEndpoint ?? nonEmpty(env.OTEL_EXPORTER_OTLP_ENDPOINT)
  return {
    ...(endpoint === undefined ? {} : { tracing: { endpoint } }),
    ...(admin === undefined ? {} : { admin: addressIn(admin, '--admin-listen') }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(console === undefined ? {} : { console }),
    ...(trustedProxies === undefined ? {} : { trustedProxies }),
    ...(options.epochLength === undefined ? {} : { epochLength: options.epochLength }),
    ...(limits === undefined ? {} : { limits: limitsOf(limits) }),
    ...(Object.keys(vendors).length === 0 ? {} : { vendors }),
  }
}

function consoleOf({ env }: Context, options: TuningOptions): ServiceConfig['console'] {
  const listen = options.consoleListen ?? nonEmpty(env.ASSAY_CONSOLE_LISTEN)
  const url = options.consoleUrl ?? nonEmpty(env.ASSAY_CONSOLE_URL)
  if (listen === undefined) {
    if (url === undefined) return undefined
    throw usageError('CLI_USAGE', 'There is a --console-url, and no --console-listen for it')
  }
  return { ...addressIn(listen, '--console-listen'), ...(url === undefined ? {} : { url }) }
}

async function vendorsOf(
  context: Context,
  options: TuningOptions,
): Promise<NonNullable<ServiceConfig['vendors']>> {
  const googleCredentials = options.googleCredentials ?? nonEmpty(context.env.ASSAY_GOOGLE_CREDENTIALS)
  return {
    ...(googleCredentials === undefined ? {} : { googleCredentials }),
    ...(options.statusListMaxAge === undefined ? {} : { statusListMaxAge: options.statusListMaxAge }),
    ...(options.testVendors === undefined ? {} : { test: await testVendors(context, options.testVendors) }),
  }
}

async function testVendors(context: Context, file: string) {
  const value = await readJsonFile(context, file, 'test vendors: apple, google, status_list, token_api')
  const { readTestVendors } = await import('@assay/service')
  context.output.warn(
    'the service trusts test roots in addition to those of Apple and Google: for trials only',
  )
  return readTestVendors(value)
}

const quotas = ['network', 'challenges', 'app', 'key', 'lookup'] as const
const counts = {
  buildSize: 'BYTES',
  buildReading: 'SECONDS',
  buildMemory: 'MIB',
  usedChallenges: 'NUMBER',
} as const

const limitNames = [
  ...quotas.map((name) => `${name}=REQUESTS/SECONDS`),
  ...Object.entries(counts).map(([name, unit]) => `${name}=${unit}`),
]

/** `name=value` each. */
function limitsOf(texts: readonly string[]): Partial<ServiceLimits> {
  return Object.assign({}, ...texts.map(limitOf)) as Partial<ServiceLimits>
}

function limitOf(text: string): Partial<ServiceLimits> {
  const [, name = '', value = '', seconds] = /^([A-Za-z]+)=(\d{1,15})(?:\/(\d{1,6}))?$/.exec(text) ?? []
  const quota = quotas.find((known) => known === name)
  const isCount = Object.hasOwn(counts, name)
  if (quota !== undefined && seconds !== undefined) {
    return { [quota]: { requests: Number(value), seconds: Number(seconds) } }
  }
  if (isCount && seconds === undefined) return { [name]: Number(value) }
  throw usageError('CLI_USAGE', 'A --limit is invalid', `They are ${limitNames.join(', ')}.`)
}
