import { randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import { isAudience } from '@assay/protocol'
import type { EvidenceScheme } from '@assay/evidence'
import { logLevels, type LogLevel, type ServiceSettings } from '@assay/protocol/schemas'
import { isApiKeySecret } from '../provisioning/api-keys.usecases.ts'
import type { FloodQuotas } from '../http/limits/flood-limits.ts'
import type { Quota } from '../http/limits/token-bucket.ts'
import { serviceVersion } from '../system/version.ts'
import { steadyClock } from '../system/steady-clock.ts'
import type { Clock, Random } from '../system/ports.ts'
import { checkConsole, type CheckedConsole, type ConsoleConfig } from './console.config.ts'
import { ServiceError, type ServiceErrorCode } from './service-error.ts'
import { checkTracing, type CheckedTracing, type TracingConfig } from './tracing.config.ts'
import { checkVendors, type CheckedVendors, type VendorConfig } from './vendors.config.ts'

/** Where a service stores its data. */
export interface StorageConfig {
  /** Folder for the embedded store and for code images. Made when it is missing. */
  dataFolder: string
  /** Connection string of a PostgreSQL database to use instead of the embedded store. */
  postgres?: string
  /** 32 bytes that seal private keys at rest. Kept outside the data folder. */
  sealingKey: Uint8Array
  /** Milliseconds since 1970; default: the system's clock. */
  clock?: Clock
  /**
   * Milliseconds since 1970 as of the start, and from there at the speed of time, whatever happens to the system's
   * clock. Default: the clock of the process, or `clock` if one is given.
   */
  steady?: Clock
  /** Default: the system's. */
  random?: Random
}

export interface ServiceLimits {
  /** Requests from one network to the public endpoints. */
  network: Quota
  /** Challenges of one network. */
  challenges: Quota
  /** Requests for one app to the public endpoints. */
  app: Quota
  /** Nonexistent API keys from one network: beyond it no key from that network is looked at. */
  guesses: Quota
  /** Requests of one API key. */
  key: Quota
  /** Requests of one support key. */
  lookup: Quota
  /** Open connections. */
  connections: number
  /** Open connections from one network; not counted if a trusted proxy stands in front of the service. */
  connectionsPerNetwork: number
  /** Seconds that a body other than a build may take. */
  bodyTime: number
  /** Minimum bytes a second at which a build must arrive. */
  uploadRate: number
  /** Bytes of a file to register. */
  buildSize: number
  /** Seconds that reading one build may take. */
  buildReading: number
  /** MiB of memory that reading one build may take. */
  buildMemory: number
  /** Used challenges that are remembered until they expire; beyond it the service answers 503. */
  usedChallenges: number
}

export const defaultLimits: ServiceLimits = {
  network: { requests: 12_000, seconds: 60 },
  // As many as a network can answer. A carrier's NAT has tens of thousands of phones behind one /24.
  challenges: { requests: 6_000, seconds: 60 },
  app: { requests: 60_000, seconds: 60 },
  guesses: { requests: 60, seconds: 60 },
  // Fifty a second: a console that is open asks one every few seconds, and a pipeline comes and goes.
  key: { requests: 3_000, seconds: 60 },
  // A person who works in the console all day; to go through a hundred thousand users takes two days.
  lookup: { requests: 2_400, seconds: 3_600 },
  connections: 4_096,
  connectionsPerNetwork: 1_024,
  bodyTime: 15,
  uploadRate: 16 * 1024,
  buildSize: 512 * 1024 * 1024,
  buildReading: 60,
  buildMemory: 512,
  usedChallenges: 250_000,
}

export interface ServiceConfig extends StorageConfig {
  /** Address to listen on. */
  host: string
  /** 0: any free port. */
  port: number
  /**
   * How apps and APIs reach the service, without a trailing slash: the issuer of its tokens. May be left out only
   * when it listens on loopback, for trials.
   */
  publicUrl?: string
  /** Addresses or networks of reverse proxies whose `X-Forwarded-For` is trusted; none by default. */
  trustedProxies?: readonly string[]
  logLevel: LogLevel
  /** Where log lines (JSON) go; default: standard output. */
  logDestination?: { write(line: string): void }
  limits?: Partial<ServiceLimits>
  /** Seconds, 60 to 86,400; default 1,800. How long one plan is used for a build. */
  epochLength?: number
  /** Google's services, and those of a test world. */
  vendors?: VendorConfig
  /** Schemes of evidence in addition to those of the product. */
  moreSchemes?: readonly EvidenceScheme[]
  /** How vendors are asked; default: the system's `fetch`. */
  fetch?: typeof fetch
  /**
   * A listener of their own for operators and release pipelines: their routes are there, and `publicUrl` answers them with
   * `not_found`. By default they are where apps ask.
   */
  admin?: { host: string; port: number }
  /** The operators' console, on its own listener; none by default. */
  console?: ConsoleConfig
  /**
   * Metrics for Prometheus, at `/metrics` on their own listener; none by default. Whoever reaches it can read them.
   * `names`: host names by which it is asked, besides addresses, `localhost` and `host`; pages of other names cannot read it.
   */
  metrics?: { host: string; port: number; names?: readonly string[] }
  /** Spans of attestations, by OpenTelemetry; none by default. */
  tracing?: TracingConfig
  /** Registered as the first admin key if there is none. */
  firstAdminKey?: string
  /**
   * `valkey:` or `valkeys:` (TLS) URL of the server in which the nodes of the service keep short-lived state. With it
   * several nodes may serve from one PostgreSQL database.
   */
  valkey?: string
}

/** A valid configuration, with everything filled in. */
export interface CheckedConfig extends Required<
  Pick<
    ServiceConfig,
    'dataFolder' | 'sealingKey' | 'host' | 'port' | 'logLevel' | 'clock' | 'steady' | 'random'
  >
> {
  postgres: string | undefined
  publicUrl: string | undefined
  trustedProxies: readonly string[]
  logDestination: ServiceConfig['logDestination']
  limits: ServiceLimits
  epochLength: number
  vendors: CheckedVendors
  moreSchemes: readonly EvidenceScheme[]
  fetch: typeof fetch
  admin: ServiceConfig['admin']
  console: CheckedConsole | undefined
  metrics: ServiceConfig['metrics']
  tracing: CheckedTracing | undefined
  firstAdminKey: string | undefined
  valkey: string | undefined
}

export const floodQuotas = ({
  network,
  challenges,
  app,
  guesses,
  key,
  lookup,
}: ServiceLimits): FloodQuotas => ({
  network,
  challenges,
  app,
  guesses,
  lookup,
  key,
})

/** @throws ServiceError for the first part that is invalid */
export function checkStorageConfig(config: StorageConfig): Required<Omit<StorageConfig, 'postgres'>> {
  const { dataFolder, postgres, sealingKey } = config
  must(typeof dataFolder === 'string' && dataFolder.trim() !== '', 'SERVICE_DATA_FOLDER')
  must(
    postgres === undefined || (URL.canParse(postgres) && /^postgres(ql)?:$/.test(new URL(postgres).protocol)),
    'SERVICE_POSTGRES',
    'the PostgreSQL address is invalid',
  )
  must(
    sealingKey instanceof Uint8Array && sealingKey.length === 32,
    'SERVICE_SEALING_KEY',
    'the sealing key is not 32 bytes',
  )
  must(new Set(sealingKey).size > 8, 'SERVICE_SEALING_KEY', 'the sealing key is not random')
  return {
    dataFolder,
    sealingKey,
    clock: config.clock ?? Date.now,
    steady: config.steady ?? config.clock ?? steadyClock(),
    random: config.random ?? ((length) => randomBytes(length)),
  }
}

/** @throws ServiceError for the first part that is invalid */
export function checkConfig(config: ServiceConfig): CheckedConfig {
  const storage = checkStorageConfig(config)
  const { host, port, logLevel, firstAdminKey, epochLength = 1_800 } = config
  must(typeof host === 'string' && host !== '', 'SERVICE_LISTEN', 'no address to listen on is given')
  must(isBetween(port, 0, 65_535), 'SERVICE_LISTEN', 'the port is invalid')
  must(logLevels.includes(logLevel), 'SERVICE_LOG')
  must(isBetween(epochLength, 60, 86_400), 'SERVICE_EPOCH')
  must(firstAdminKey === undefined || isApiKeySecret(firstAdminKey), 'SERVICE_ADMIN_KEY')
  checkValkey(config)
  const publicUrl = checkPublicUrl(config.publicUrl, host)
  const trustedProxies = checkProxies(config.trustedProxies ?? [])
  const isForThisMachine = isLoopback(host) && isReachedOnLoopback(publicUrl) && trustedProxies.length === 0
  return {
    ...storage,
    postgres: config.postgres,
    host,
    port,
    logLevel,
    publicUrl,
    trustedProxies,
    logDestination: config.logDestination,
    limits: checkLimits({ ...defaultLimits, ...config.limits }),
    epochLength,
    vendors: checkVendors(config.vendors ?? {}, isForThisMachine),
    moreSchemes: config.moreSchemes ?? [],
    fetch: config.fetch ?? fetch,
    admin: checkListener(config.admin, 'the address for operators is invalid'),
    console: checkConsole(config.console),
    metrics: checkListener(config.metrics, 'the address for metrics is invalid'),
    tracing: checkTracing(config.tracing),
    firstAdminKey,
    valkey: config.valkey,
  }
}

function checkValkey({ valkey, postgres }: ServiceConfig): void {
  if (valkey === undefined) return
  must(
    URL.canParse(valkey) && /^(valkey|redis)s?:$/.test(new URL(valkey).protocol),
    'SERVICE_VALKEY',
    'the Valkey address is invalid',
  )
  must(postgres !== undefined, 'SERVICE_VALKEY', 'Valkey is for several nodes, which need PostgreSQL')
}

function checkListener<Listener extends { host: string; port: number }>(
  listener: Listener | undefined,
  message: string,
): Listener | undefined {
  const holds = listener === undefined || (listener.host !== '' && isBetween(listener.port, 0, 65_535))
  must(holds, 'SERVICE_LISTEN', message)
  return listener
}

const isLoopback = (host: string) => loopback.test(host)
const isReachedOnLoopback = (publicUrl: string | undefined) =>
  publicUrl === undefined || isLoopback(new URL(publicUrl).hostname.replace(/^\[|\]$/g, ''))

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1)$/

function checkPublicUrl(publicUrl: string | undefined, host: string): string | undefined {
  if (publicUrl === undefined) {
    must(
      loopback.test(host),
      'SERVICE_PUBLIC_URL',
      'a service that other machines can reach needs its public URL',
    )
    return undefined
  }
  const url = URL.canParse(publicUrl) ? new URL(publicUrl) : undefined
  const form = `${url?.origin ?? ''}${url?.pathname.replace(/\/$/, '') ?? ''}`
  must(
    url !== undefined && isAudience(form) && publicUrl.replace(/\/$/, '') === form,
    'SERVICE_PUBLIC_URL',
    'the public URL must be an http or https URL without user, query and fragment',
  )
  must(
    url.protocol === 'https:' || isReachedOnLoopback(form),
    'SERVICE_PUBLIC_URL',
    'a public URL other than loopback must be https',
  )
  return form
}

function checkProxies(proxies: readonly string[]): readonly string[] {
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/')
    const width = [0, 0, 0, 0, 32, 0, 128][isIP(address)] ?? 0
    const hold =
      width > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && isBetween(Number(bits), 1, width)))
    must(hold, 'SERVICE_LISTEN', 'a trusted proxy is not an address or network')
  }
  return proxies
}

function checkLimits(limits: ServiceLimits): ServiceLimits {
  const { network, challenges, app, guesses, key, lookup, ...counts } = limits
  for (const { requests, seconds } of [network, challenges, app, guesses, key, lookup]) {
    must(
      isBetween(requests, 1, 1e9) && isBetween(seconds, 1, 86_400),
      'SERVICE_LIMITS',
      'a quota is out of bounds',
    )
  }
  for (const count of Object.values(counts)) {
    must(isBetween(count, 1, 2 ** 40), 'SERVICE_LIMITS', 'a limit is out of bounds')
  }
  return limits
}

function isBetween(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

function must(holds: boolean, code: ServiceErrorCode, message?: string): asserts holds {
  if (!holds) throw new ServiceError(code, message)
}

/** The part of the configuration that an operator sees: nothing secret, and no address of a database. */
export function settingsOf(
  { host, epochLength, logLevel, trustedProxies, vendors }: CheckedConfig,
  store: ServiceSettings['store'],
): Omit<ServiceSettings, 'public_url'> {
  return {
    version: serviceVersion,
    host,
    store,
    epoch_length: epochLength,
    log_level: logLevel,
    trusted_proxies: [...trustedProxies],
    test_vendors: vendors.isTest,
    google_credentials: vendors.googleCredentials !== undefined,
  }
}
