import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { example, integer, type Action } from '../command-line/arguments.ts'
import { nonEmpty, type Context } from '../command-line/context.ts'
import { usageError } from '../faults/cli-error.ts'
import { unsupportedNode } from '../running/node-support.ts'
import { notEmpty, placesOf, withPlaces, type PlaceOptions } from '../running/places.ts'
import { readSealingKey } from '../running/sealing-key-file.ts'
import { loadService, started, storageOf } from '../running/service-start.ts'
import { tuningOf, withTuning, type TuningOptions } from './serve-options.ts'

interface ServeOptions extends PlaceOptions, TuningOptions {
  host?: string
  port?: number
  publicUrl?: string
  valkey?: string
  logLevel?: string
  dev?: true
}

const defaults = { host: '127.0.0.1', port: 8787 }

export function addServeCommand(program: Command, action: Action, signals: NodeJS.EventEmitter): void {
  const serving = withPlaces(program.command('serve'))
    .description('run the attestation service until it is stopped')
    .option('--host <address>', `address to listen on (or ASSAY_HOST; default ${defaults.host})`)
    .option('--port <number>', `port to listen on (or ASSAY_PORT; default ${defaults.port})`, integer)
    .option(
      '--public-url <url>',
      'how apps and APIs reach it: the issuer of its tokens (or ASSAY_PUBLIC_URL)',
    )
    .option(
      '--valkey <url>',
      'share short-lived state with other nodes on the same PostgreSQL (or ASSAY_VALKEY, which keeps its password out of the history)',
    )
    .option(
      '--log-level <level>',
      'fatal, error, warn, info, debug or silent (or ASSAY_LOG_LEVEL; default info)',
    )
  serving.option(
    '--dev',
    'on a developer’s machine: makes what is missing (data, keys), serves to this machine only, and says what to do next',
  )
  withTuning(serving)
    .addHelpText(
      'after',
      example(
        'assay serve',
        'assay serve --public-url https://attest.example.com --trusted-proxy 127.0.0.1',
        'assay serve --console-listen 127.0.0.1:8788',
        'assay serve --limit network=24000/60 challenges=12000/60 buildSize=1073741824',
      ),
    )
    .action(action((context, _args, options: ServeOptions) => serve(context, options, signals)))
}

async function serve(context: Context, options: ServeOptions, signals: NodeJS.EventEmitter): Promise<void> {
  const places = placesOf(context, options)
  const { env } = context
  if (options.dev === true) await prepareDevelopment(context, options)
  if (!existsSync(places.data))
    throw usageError(
      'CLI_FILE_UNREADABLE',
      `There is no data folder at ${places.data}`,
      'Run `assay init` first, or name it with --data.',
    )
  const host = options.host ?? nonEmpty(env.ASSAY_HOST) ?? defaults.host
  const port = options.port ?? portOf(nonEmpty(env.ASSAY_PORT)) ?? defaults.port
  const publicUrl = options.publicUrl ?? nonEmpty(env.ASSAY_PUBLIC_URL)
  notEmpty('--valkey', options.valkey)
  const valkey = options.valkey ?? nonEmpty(env.ASSAY_VALKEY)
  const sealingKey = await readSealingKey(places)
  const { startService } = await loadService()
  const service = await started(places, async () =>
    startService({
      ...storageOf(places),
      sealingKey,
      host,
      port,
      ...(publicUrl === undefined ? {} : { publicUrl }),
      ...(valkey === undefined ? {} : { valkey }),
      ...(await tuningOf(context, options)),
      logLevel: logLevelOf(options.logLevel ?? nonEmpty(env.ASSAY_LOG_LEVEL) ?? 'info'),
    }),
  )
  const unsupported = unsupportedNode(process.versions.node)
  if (unsupported !== undefined) context.output.warn(unsupported)
  context.output.note(`Attestation service at ${service.url}. Stop it with Ctrl-C.`)
  if (service.adminUrl !== undefined) context.output.note(`Routes of operators at ${service.adminUrl}`)
  if (service.consoleUrl !== undefined)
    context.output.note(
      `Console at ${nonEmpty(options.consoleUrl) ?? nonEmpty(env.ASSAY_CONSOLE_URL) ?? service.consoleUrl}/console/`,
    )
  if (options.dev === true) context.output.note(nextSteps(service))
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) signals.once(signal, () => resolve())
  })
  context.output.note('Stopping after the requests under way. Press Ctrl-C again to stop at once.')
  await service.close()
}

const adminKeyFile = 'assay-admin.key'

/** Makes whatever `assay init` makes, if missing. Only for a service that serves this machine only. */
async function prepareDevelopment(context: Context, options: ServeOptions): Promise<void> {
  const host = options.host ?? nonEmpty(context.env.ASSAY_HOST) ?? defaults.host
  if (!/^(127(\.\d+){3}|::1|localhost)$/.test(host))
    throw usageError('CLI_USAGE', `--dev serves this machine only, and not ${host}`, 'Leave --host out.')
  if (existsSync(placesOf(context, options).data)) return
  const { initialise } = await import('./init.ts')
  await initialise(context, { ...options, adminKeyFile })
}

function nextSteps({ url, adminUrl }: { url: string; adminUrl: string | undefined }): string {
  return `
Next, in another terminal:
  export ASSAY_API_KEY_FILE=${adminKeyFile}${adminUrl === undefined ? '' : `\n  export ASSAY_URL=${adminUrl}`}
  assay app add com.example.dev --platform web --development
  assay api add http://127.0.0.1:3000 --app com.example.dev --tier warning --development
  assay development add --app com.example.dev --name "$USER"
The SDK takes what that shows as \`developmentSecret\`. The guard of the API takes \`development: true\` and, in \`jwks\`,
  ${url}/.well-known/development-jwks.json
docs/guides/develop-and-test.md goes through it.`
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const

function logLevelOf(text: string): (typeof logLevels)[number] {
  const level = logLevels.find((known) => known === text)
  if (level === undefined)
    throw usageError('CLI_USAGE', `The log level must be one of: ${logLevels.join(', ')}`)
  return level
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^[0-9]{1,5}$/.test(text)) throw usageError('CLI_USAGE', 'ASSAY_PORT is not a port number')
  return Number(text)
}
