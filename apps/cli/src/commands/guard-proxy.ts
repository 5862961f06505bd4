import type { Command } from 'commander'
import { example, integer, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { usageError } from '../faults/cli-error.ts'
import { usageSocketOf, valkeyOf, type GuardProxyOptions } from './guard-proxy-options.ts'

/** Options that stand for a configuration file. */
const inFile = [
  'issuer',
  'audience',
  'app',
  'tier',
  'tokenKind',
  'mode',
  'publicBaseUrl',
  'statusList',
  'nonces',
  'trustedProxy',
  'origin',
  'upstream',
  'inject',
  'route',
] as const

export function addGuardProxyCommand(
  guard: Command,
  action: Action,
  { signals, version }: { signals: NodeJS.EventEmitter; version: () => string },
): void {
  guard
    .command('proxy')
    .description(
      'a reverse proxy that admits what the guard admits, adds the secret of the API behind it, and counts, until it is stopped',
    )
    .argument(
      '[file]',
      'configuration in YAML; without it, the options from --issuer to --route describe one upstream',
    )
    .option('--issuer <url>', 'public URL of the attestation service')
    .option('--audience <url>', 'the API, as it is registered')
    .option('--app <id...>', 'apps that are admitted')
    .option('--tier <tier...>', 'tiers that are admitted')
    .option('--token-kind <kind>', 'attestation or access, as the API is registered (default: attestation)')
    .option('--mode <mode>', 'bound or bearer, as the API is registered (default: bound)')
    .option('--public-base-url <url>', 'base of its URLs as callers see it (default: the audience)')
    .option('--status-list', 'refuse retired builds and banned installations before their tokens expire')
    .option('--nonces', 'require nonces, so that no proof is made long in advance')
    .option('--trusted-proxy <address...>', 'proxies whose X-Forwarded-For is believed')
    .option('--origin <origin...>', 'web origins whose pages may call')
    .option('--upstream <url>', 'the API behind it')
    .option(
      '--inject <what...>',
      "a field such as 'Authorization: Bearer @FILE', or a query parameter such as '?key=@FILE'; $NAME in place of @FILE reads the environment",
    )
    .option('--route <route...>', "what may pass, such as 'POST /v1/messages'")
    .option(
      '--valkey <url>',
      'remember proofs and count together with other processes of this API (or ASSAY_VALKEY)',
    )
    .option('--workers <number>', 'processes that serve; more than one need --valkey', integer, 1)
    .option(
      '--usage-socket <path>',
      'a Unix socket of this user alone, at which `assay guard usage` asks (or ASSAY_USAGE_SOCKET)',
    )
    .option(
      '--journal <path>',
      'without --valkey: a file that keeps what is counted when the process ends (or ASSAY_JOURNAL; default: meter.journal in STATE_DIRECTORY, or the configuration file with .journal behind its name)',
    )
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on', integer, 8790)
    .option(
      '--metrics-listen <address>',
      'serve metrics at HOST:PORT/metrics, and /livez and /readyz beside them (or ASSAY_METRICS_LISTEN)',
    )
    .option(
      '--metrics-name <name...>',
      'host names by which Prometheus asks for it, besides addresses (or ASSAY_METRICS_NAMES, with commas)',
    )
    .addHelpText(
      'after',
      example(
        'assay guard proxy proxy.yaml',
        "assay guard proxy --issuer https://attest.example.com --audience https://llm.example.com --app com.example.app --tier affirming --upstream https://api.example.net --inject 'x-api-key: @/run/secrets/key' --route 'POST /v1/messages'",
      ),
    )
    .action(
      action(async (context, [file], options: GuardProxyOptions) => {
        checkOptions(context, file, options)
        const { serveProxy } = await import('./serve-proxy.ts')
        await serveProxy(context, file, { ...options, version: version() }, signals)
      }),
    )
}

function checkOptions({ env }: Context, file: string | undefined, options: GuardProxyOptions): void {
  const given = inFile.filter((name) => options[name] !== undefined)
  if (file !== undefined && given.length > 0)
    throw usageError('CLI_USAGE', `The configuration file says what --${dashed(given[0] as string)} says`)
  if (options.workers < 1 || options.workers > 64)
    throw usageError('CLI_USAGE', '--workers must be from 1 to 64')
  if (options.valkey === '') throw usageError('CLI_USAGE', '--valkey is empty')
  if (options.journal === '') throw usageError('CLI_USAGE', '--journal is empty')
  if (options.journal !== undefined && valkeyOf(options, env) !== undefined)
    throw usageError('CLI_USAGE', '--journal is for what is counted in memory, and --valkey counts elsewhere')
  if (options.workers > 1 && usageSocketOf(options, env) !== undefined)
    throw usageError(
      'CLI_USAGE',
      '--usage-socket is that of one process',
      'With --workers, `assay guard usage FILE --valkey URL` asks Valkey.',
    )
  if (options.workers > 1 && valkeyOf(options, env) === undefined)
    throw usageError(
      'CLI_USAGE',
      '--workers needs --valkey',
      'Each process would remember proofs and count by itself: a proof would pass once at each, and every limit several times.',
    )
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
