import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, open, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Command } from 'commander'
import { CliError, exitCodes, usageError } from '../cli-error.ts'
import { nonEmpty, type Context } from '../context.ts'
import { fields } from '../output.ts'
import { isInside, placesOf, withPlaces, type PlaceOptions, type Places } from '../places.ts'
import { tuningOf, withTuning, type TuningOptions } from '../serve-options.ts'
import { example, integer, type Action } from './arguments.ts'

interface ServeOptions extends PlaceOptions, TuningOptions {
  host?: string
  port?: number
  publicUrl?: string
  logLevel?: string
}

const defaults = { host: '127.0.0.1', port: 8787 }

export function addServiceCommands(program: Command, action: Action, signals: NodeJS.EventEmitter): void {
  withPlaces(program.command('init'))
    .description('make the data folder and the sealing key, and show the first admin key once')
    .addHelpText('after', example('assay init --data ./assay-data --sealing-key-file ./assay-sealing.key'))
    .action(action((context, _args, options: PlaceOptions) => initialise(context, options)))
  const serving = withPlaces(program.command('serve'))
    .description('run the attestation service until it is told to stop')
    .option('--host <address>', `address to listen on (or ASSAY_HOST; default ${defaults.host})`)
    .option('--port <number>', `port to listen on (or ASSAY_PORT; default ${defaults.port})`, integer)
    .option(
      '--public-url <url>',
      'how apps and APIs reach it: the issuer of its tokens (or ASSAY_PUBLIC_URL)',
    )
    .option(
      '--log-level <level>',
      'fatal, error, warn, info, debug or silent (or ASSAY_LOG_LEVEL; default info)',
    )
  withTuning(serving)
    .addHelpText(
      'after',
      example(
        'assay serve',
        'assay serve --public-url https://attest.example.com --trusted-proxy 127.0.0.1',
        'assay serve --limit network=600/60 buildSize=1073741824',
      ),
    )
    .action(action((context, _args, options: ServeOptions) => serve(context, options, signals)))
}

async function initialise(context: Context, options: PlaceOptions): Promise<void> {
  const places = placesOf(context, options)
  if (isInside(places.data, places.sealingKeyFile)) {
    throw usageError(
      'CLI_KEY_FILE',
      'The sealing key file lies inside the data folder',
      'Whoever copies the folder would have the key: keep it elsewhere.',
    )
  }
  await mkdir(places.data, { recursive: true, mode: 0o700 })
  const sealingKey = existsSync(places.sealingKeyFile)
    ? await readSealingKey(places)
    : await makeSealingKey(places)
  const { initialise: initialiseService } = await loadService()
  const made = await started(() => initialiseService({ ...storageOf(places), sealingKey }))
  if (made === undefined) {
    throw usageError(
      'CLI_EXISTS_ALREADY',
      'This data folder has an admin key already',
      'Use it, or `assay key add` with it to make another.',
    )
  }
  context.output.note(
    'This is the only time that the admin key is shown. Give it to commands as ASSAY_API_KEY.\n',
  )
  const shown = { data: places.data, sealing_key_file: places.sealingKeyFile, admin_key: made.secret }
  context.output.result(shown, () =>
    fields([
      ['data folder', shown.data],
      ['sealing key', `${shown.sealing_key_file} (back it up, apart from the data folder)`],
      ['admin key', shown.admin_key],
    ]),
  )
  context.output.note('\nNext: assay serve')
}

async function serve(context: Context, options: ServeOptions, signals: NodeJS.EventEmitter): Promise<void> {
  const places = placesOf(context, options)
  const { env } = context
  if (!existsSync(places.data))
    throw usageError(
      'CLI_FILE_UNREADABLE',
      `There is no data folder at ${places.data}`,
      'Run `assay init` first, or name it with --data.',
    )
  const host = options.host ?? nonEmpty(env.ASSAY_HOST) ?? defaults.host
  const port = options.port ?? portOf(nonEmpty(env.ASSAY_PORT)) ?? defaults.port
  const publicUrl = options.publicUrl ?? nonEmpty(env.ASSAY_PUBLIC_URL)
  const sealingKey = await readSealingKey(places)
  const { startService } = await loadService()
  const service = await started(async () =>
    startService({
      ...storageOf(places),
      sealingKey,
      host,
      port,
      ...(publicUrl === undefined ? {} : { publicUrl }),
      ...(await tuningOf(context, options)),
      logLevel: logLevelOf(options.logLevel ?? nonEmpty(env.ASSAY_LOG_LEVEL) ?? 'info'),
    }),
  )
  context.output.note(`Attestation service at ${service.url}. Stop it with Ctrl-C.`)
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) signals.once(signal, () => resolve())
  })
  context.output.note('Stopping: requests under way are finished. Ctrl-C again stops at once.')
  await service.close()
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

const loadService = () => import('@assay/service')

function storageOf(places: Places) {
  return { dataFolder: places.data, ...(places.postgres === undefined ? {} : { postgres: places.postgres }) }
}

/** A service that cannot start says why by its own code; that is the operator's to mend. */
async function started<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start()
  } catch (cause) {
    const { code, message } = cause as { code?: unknown; message?: unknown }
    if (typeof code !== 'string' || cause instanceof CliError) throw cause
    const { adviceFor } = await import('../codes/index.ts')
    throw new CliError(
      'CLI_SERVICE_START',
      `The service cannot start: ${String(message)} (${code})`,
      exitCodes.usage,
      {
        hint: adviceFor(code),
        cause,
      },
    )
  }
}

/** 32 random bytes in hex, readable by its owner only; never overwrites a file. */
async function makeSealingKey(places: Places): Promise<Uint8Array> {
  const key = randomBytes(32)
  await mkdir(path.dirname(places.sealingKeyFile), { recursive: true })
  const file = await open(places.sealingKeyFile, 'wx', 0o600)
  try {
    await file.writeFile(`${key.toString('hex')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await chmod(places.sealingKeyFile, 0o600)
  return key
}

async function readSealingKey(places: Places): Promise<Uint8Array> {
  const text = await readFile(places.sealingKeyFile, 'utf8').catch((cause: unknown) => {
    throw usageError(
      'CLI_KEY_FILE',
      'The sealing key file cannot be read',
      'Run `assay init`, or check --sealing-key-file.',
      cause,
    )
  })
  if (!/^[0-9a-f]{64}$/.test(text.trim())) {
    throw usageError(
      'CLI_KEY_FILE',
      'The sealing key file does not hold 32 bytes in hex',
      'Restore it from its backup.',
    )
  }
  return Buffer.from(text.trim(), 'hex')
}
