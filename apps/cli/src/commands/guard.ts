import { createServer, type Server } from 'node:http'
import type { Command } from 'commander'
import { admissibleTiers, decodeBase64url, paths } from '@assay/protocol'
import { createRollout, type Malfunction, type Rollout, StatusListError } from '@assay/guard'
import {
  authRequestListener,
  createNodeCrypto,
  createNodeGuard,
  type AuthRequestSettings,
} from '@assay/guard/node'
import { example, integer, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { usageError } from '../faults/cli-error.ts'
import type { MetricsOptions } from '../command-line/listen-address.ts'
import { listenAt } from '../running/listen.ts'
import { serveGuardMetrics, type GuardMetrics } from './guard-metrics.ts'
import { addGuardProxyCommand } from './guard-proxy.ts'
import { addGuardUsageCommand } from './guard-usage.ts'
import { openGuardValkey, type GuardValkey } from './guard-valkey.ts'

interface GuardOptions extends MetricsOptions {
  /** Of this program. */
  version: string
  issuer: string
  audience: string
  app: string[]
  tier: string[]
  tokenKind: string
  mode: string
  publicBaseUrl?: string
  observe?: true
  enforceShare?: number
  nonces?: true
  valkey?: string
  statusList?: true
  gateway: string
  origin?: string[]
  credentials?: true
  host: string
  port: number
}

const forwarded: AuthRequestSettings = {
  method: 'X-Forwarded-Method',
  uri: 'X-Forwarded-Uri',
  address: 'X-Forwarded-For',
}

/**
 * How each gateway passes the request that it asks about, and whether it accepts refusals other than 401 and 403. Envoy
 * appends to the `X-Forwarded-For` of the caller; the others replace it.
 */
const gateways: Readonly<Record<string, AuthRequestSettings>> = {
  nginx: { plain: true },
  caddy: forwarded,
  haproxy: {},
  envoy: { itself: true, address: 'X-Forwarded-For' },
  traefik: forwarded,
  apisix: forwarded,
}

export function addGuardCommands(program: Command, action: Action, signals: NodeJS.EventEmitter): void {
  const guard = program
    .command('guard')
    .description(
      'the guard for APIs that do not run it themselves: a gateway asks it, or it stands before them as a proxy',
    )
  guard
    .command('serve')
    .description('answer the requests of a gateway (auth_request, forward_auth) until it is stopped')
    .requiredOption('--issuer <url>', 'public URL of the attestation service')
    .requiredOption('--audience <url>', 'the API, as it is registered')
    .requiredOption('--app <id...>', 'apps that are admitted')
    .requiredOption('--tier <tier...>', `tiers that are admitted: ${admissibleTiers.join(', ')}`)
    .option(
      '--token-kind <kind>',
      'attestation; or access: access tokens in Authorization, which the gateway can keep from the API',
      'attestation',
    )
    .option('--mode <mode>', 'bound or bearer, as the API is registered', 'bound')
    .option(
      '--public-base-url <url>',
      'base of its URLs as callers see it (default: the audience); if the audience has a path, give its origin',
    )
    .option('--observe', 'let every tier through, and log what would have been refused')
    .option(
      '--enforce-share <percent>',
      'refuse only this share of callers, 0 to 100, and let the others through: for rolling out (secret in ASSAY_ROLLOUT_SECRET)',
      integer,
    )
    .option(
      '--nonces',
      'require nonces, so that no proof is made long in advance; without --valkey no other process accepts them',
    )
    .option(
      '--valkey <url>',
      'remember proofs, and with --nonces make nonces, together with the other processes of this API (or ASSAY_VALKEY, which keeps its password out of the history)',
    )
    .option('--status-list', 'refuse retired builds and banned installations before their tokens expire')
    .option(
      '--gateway <name>',
      `which names and answers it needs: ${Object.keys(gateways).join(', ')}`,
      'nginx',
    )
    .option(
      '--origin <origin...>',
      'web origins whose pages may read refusals; the API lets them read what it answers itself',
    )
    .option('--credentials', 'let these pages send cookies (credentials: include)')
    .option('--host <address>', 'address to listen on, for the gateway alone', '127.0.0.1')
    .option('--port <number>', 'port to listen on', integer, 8788)
    .option(
      '--metrics-listen <address>',
      'serve what it decides for Prometheus at HOST:PORT/metrics (or ASSAY_METRICS_LISTEN); whoever reaches it reads it',
    )
    .option(
      '--metrics-name <name...>',
      'host names by which Prometheus asks for it, besides addresses (or ASSAY_METRICS_NAMES, with commas)',
    )
    .addHelpText(
      'after',
      example(
        'assay guard serve --issuer https://attest.example.com --audience https://api.example.com --app com.example.app --tier affirming',
      ),
    )
    .action(
      action((context, _args, options: GuardOptions) =>
        serve(context, { ...options, version: program.version() ?? '' }, signals),
      ),
    )
  addGuardProxyCommand(guard, action, { signals, version: () => program.version() ?? '' })
  addGuardUsageCommand(guard, action)
}

async function serve(context: Context, options: GuardOptions, signals: NodeJS.EventEmitter): Promise<void> {
  const valkey = await sharedIn(context, options)
  let metrics: GuardMetrics | undefined
  try {
    metrics = await serveGuardMetrics(context, options, options.version)
    const listener = listenerOf(context, options, valkey?.stores ?? {}, metrics)
    if (metrics !== undefined) context.output.note(`Metrics at ${metrics.url}/metrics.`)
    await listen(context, options, createServer(listener), signals)
  } finally {
    await metrics?.close()
    valkey?.close()
  }
}

/** What this process shares with others for the same API; undefined: nothing. */
async function sharedIn({ env }: Context, options: GuardOptions): Promise<GuardValkey | undefined> {
  if (options.valkey === '') throw usageError('CLI_USAGE', '--valkey is empty')
  const url = options.valkey ?? env['ASSAY_VALKEY']
  if (url === undefined || url === '') return undefined
  return openGuardValkey(url, { audience: options.audience, nonces: options.nonces === true })
}

async function listen(
  context: Context,
  { host, port }: GuardOptions,
  server: Server,
  signals: NodeJS.EventEmitter,
): Promise<void> {
  const place = await listenAt(server, host, port)
  context.output.note(`Guard at ${place}, for the gateway alone. Stop it with Ctrl-C.`)
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) signals.once(signal, () => resolve())
  })
  await drain(server)
}

/** Milliseconds that a request may still take. */
const grace = 10_000

/**
 * Answers requests under way. Each answer ends its connection: a gateway that keeps them busy would never close them.
 */
async function drain(server: Server): Promise<void> {
  server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'))
  // Otherwise a connection whose request ends now would be kept open for another one.
  const idle = setInterval(() => server.closeIdleConnections(), 20)
  const late = setTimeout(() => server.closeAllConnections(), grace)
  await new Promise<void>((resolve) => server.close(() => resolve()))
  clearInterval(idle)
  clearTimeout(late)
}

function listenerOf(
  context: Context,
  options: GuardOptions,
  shared: GuardValkey['stores'],
  metrics?: GuardMetrics,
) {
  const { output } = context
  const settings = gateways[options.gateway]
  if (settings === undefined)
    throw usageError('CLI_USAGE', `--gateway must be one of: ${Object.keys(gateways).join(', ')}`)
  try {
    const guard = createNodeGuard({
      issuer: options.issuer,
      audience: options.audience,
      apps: options.app,
      // The guard itself refuses any other word, and names it.
      tiers: options.tier as (typeof admissibleTiers)[number][],
      tokenKind: options.tokenKind as 'access',
      mode: options.mode as 'bound',
      jwks: { url: options.issuer + paths.jwks },
      enforcement: options.observe === true ? 'observe' : 'enforce',
      ...(options.publicBaseUrl === undefined ? {} : { publicBaseUrl: options.publicBaseUrl }),
      ...(options.nonces === true ? { nonces: 'mac' as const } : {}),
      ...shared,
      ...(options.statusList === true
        ? {
            statusList: {
              onStale: ({ age, decisions }) =>
                output.note(
                  `The status list is ${Math.round(age)} s old; ${decisions} requests were judged by old ones.`,
                ),
            },
          }
        : {}),
      onClock: (offset) => metrics?.clock(offset),
      onDecision: (decision, { method, path }) => {
        metrics?.count(decision)
        const code = decision.ok ? decision.wouldRefuse : decision.code
        const detail = decision.ok || decision.kind !== 'refused' ? null : decision.detail
        if (code !== null)
          output.note(`${code} ${JSON.stringify({ method, path, ...(detail === null ? {} : { detail }) })}`)
      },
    })
    if (guard.singleUse === 'once_per_node')
      output.note('A proof is valid once per process: run one process, or give --valkey.')
    else if (shared.nonces === undefined && options.nonces === true)
      output.note('Nonces are valid at this process alone: run one process, or give --valkey.')
    void guard.ready().then((fault) => tellFault(context, fault))
    const rollout = rolloutOf(options, context)
    return authRequestListener(guard, {
      ...settings,
      ...(options.origin === undefined ? {} : { origins: options.origin }),
      ...(options.credentials === true ? { credentials: true } : {}),
      ...(rollout === undefined ? {} : { rollout }),
    })
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw usageError('CLI_USAGE', cause.message)
  }
}

/** Said at the start, since requests are answered with 503 until it is mended. */
function tellFault({ output }: Context, fault: Malfunction | undefined): void {
  if (fault === undefined) return
  const why = fault.cause instanceof StatusListError ? fault.cause.message : 'no answer'
  output.note(`${fault.code}: ${why}. Requests get 503 until there is a list.`)
}

/** The share of callers that the guard may refuse. The secret by which it chooses them must outlive the process. */
function rolloutOf({ enforceShare }: GuardOptions, { env }: Context): Rollout | undefined {
  if (enforceShare === undefined) return undefined
  if (enforceShare < 0 || enforceShare > 100)
    throw usageError('CLI_USAGE', '--enforce-share must be from 0 to 100')
  const secret = decodeBase64url(env['ASSAY_ROLLOUT_SECRET'] ?? '')
  if (secret === undefined || secret.length < 32)
    throw usageError(
      'CLI_USAGE',
      'ASSAY_ROLLOUT_SECRET must be at least 32 bytes, base64url',
      'Make one with `openssl rand -base64 32 | tr +/ -_ | tr -d =`, and give it to every node.',
    )
  return createRollout({ share: enforceShare / 100, secret, crypto: createNodeCrypto() })
}
