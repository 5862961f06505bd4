import type { Command } from 'commander'
import type { InstallationUse } from '@assay/proxy'
import { example, integer, type Action } from '../command-line/arguments.ts'
import { nonEmpty, type Context } from '../command-line/context.ts'
import { usageError } from '../faults/cli-error.ts'
import { askUsage, mostRows } from '../running/usage-socket.ts'
import { table } from '../terminal/output.ts'

interface UsageOptions {
  top: number
  usageSocket?: string
  valkey?: string
}

export function addGuardUsageCommand(guard: Command, action: Action): void {
  guard
    .command('usage')
    .description('the installations that have used most of a proxied API since the day (UTC) began')
    .argument('[file]', 'configuration of the proxies, to ask Valkey')
    .option('--top <number>', `how many, at most ${mostRows}`, integer, 20)
    .option('--usage-socket <path>', 'where the proxy listens, as it was told (or ASSAY_USAGE_SOCKET)')
    .option('--valkey <url>', 'where proxies count together (or ASSAY_VALKEY)')
    .addHelpText(
      'after',
      example(
        'assay guard usage --usage-socket /run/assay/usage --top 20 --json',
        'assay guard usage proxy.yaml --valkey valkey://127.0.0.1',
      ),
    )
    .action(action((context, [file], options: UsageOptions) => showUsage(context, file, options)))
}

async function showUsage(context: Context, file: string | undefined, options: UsageOptions): Promise<void> {
  if (!(options.top >= 1 && options.top <= mostRows))
    throw usageError('CLI_USAGE', `--top must be from 1 to ${mostRows}`)
  const installations = await readUse(context, file, options)
  context.output.result({ installations }, () =>
    installations.length === 0
      ? 'Nobody has used it today.'
      : table(
          ['COST', 'REQUESTS', 'OPEN', 'ROUTE', 'APP', 'INSTALLATION'],
          installations.map(({ cost, requests, open, route, app, installation }) => [
            String(cost),
            String(requests),
            String(open),
            route,
            app,
            installation,
          ]),
        ),
  )
}

async function readUse(
  { env, clock }: Context,
  file: string | undefined,
  { top, usageSocket, valkey }: UsageOptions,
): Promise<InstallationUse[]> {
  const socket = usageSocket ?? (valkey === undefined ? nonEmpty(env['ASSAY_USAGE_SOCKET']) : undefined)
  if (socket !== undefined) return askUsage(socket, top)
  const url = valkey ?? nonEmpty(env['ASSAY_VALKEY'])
  if (url === undefined || file === undefined)
    throw usageError(
      'CLI_USAGE',
      'There is neither --usage-socket nor a configuration file with --valkey',
      'Give the socket that the proxy was given, or the configuration and the Valkey server of several.',
    )
  const [{ configInFile }, { connectValkey }, { readValkeyUsage }] = await Promise.all([
    import('./guard-proxy-config.ts'),
    import('./guard-valkey.ts'),
    import('@assay/proxy'),
  ])
  const { audience, routes } = configInFile(file)
  const client = await connectValkey(url)
  try {
    const names = routes.map(({ name, meter }) => ({ route: name, hasCost: meter?.cost !== undefined }))
    return await readValkeyUsage({ client, audience, clock, routes: names, top })
  } finally {
    client.disconnect()
  }
}
