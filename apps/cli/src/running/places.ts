import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Command } from 'commander'
import { nonEmpty, type Context } from '../command-line/context.ts'
import { usageError, type CliError } from '../faults/cli-error.ts'

export interface PlaceOptions {
  data?: string
  sealingKeyFile?: string
  postgres?: string
}

/** Where a service keeps its data, as absolute paths. */
export interface Places {
  data: string
  sealingKeyFile: string
  postgres?: string
}

const defaults = { data: 'assay-data', sealingKeyFile: 'assay-sealing.key' }

export function withFolders(command: Command): Command {
  return command
    .option('--data <folder>', `data folder (or ASSAY_DATA; default ./${defaults.data})`)
    .option(
      '--sealing-key-file <file>',
      `sealing key, outside the data folder (or ASSAY_SEALING_KEY_FILE; default ./${defaults.sealingKeyFile})`,
    )
}

export function withPlaces(
  command: Command,
  help = 'keep everything in PostgreSQL; the data folder is then a cache of code images',
): Command {
  return withFolders(command).option(
    '--postgres <url>',
    `${help} (or ASSAY_POSTGRES, which keeps its password out of the history)`,
  )
}

/** @throws CliError for an option with an empty value */
export function placesOf({ env }: Pick<Context, 'env'>, options: PlaceOptions): Places {
  notEmpty('--data', options.data)
  notEmpty('--sealing-key-file', options.sealingKeyFile)
  notEmpty('--postgres', options.postgres)
  const postgres = options.postgres ?? nonEmpty(env.ASSAY_POSTGRES)
  return {
    data: path.resolve(options.data ?? nonEmpty(env.ASSAY_DATA) ?? defaults.data),
    sealingKeyFile: path.resolve(
      options.sealingKeyFile ?? nonEmpty(env.ASSAY_SEALING_KEY_FILE) ?? defaults.sealingKeyFile,
    ),
    ...(postgres === undefined ? {} : { postgres }),
  }
}

/** @throws CliError for an option with an empty value */
export function notEmpty(option: string, value: string | undefined): void {
  if (value?.trim() === '')
    throw usageError('CLI_USAGE', `${option} is empty`, 'Give it a value, or omit it for the default.')
}

/** @throws CliError if a place that an option names is missing */
export async function checkGivenPlaces({ data, sealingKeyFile }: PlaceOptions): Promise<void> {
  const folder = data === undefined ? undefined : await look(data, '--data')
  if (folder?.isDirectory() === false) throw notThere(data ?? '', '--data')
  if (sealingKeyFile !== undefined) await look(sealingKeyFile, '--sealing-key-file')
}

const look = (place: string, option: string) =>
  stat(place).catch((cause: unknown) => {
    throw notThere(place, option, cause)
  })

function notThere(place: string, option: string, cause?: unknown): CliError {
  const what = option === '--data' ? 'data folder' : 'sealing key file'
  return usageError('CLI_FILE_UNREADABLE', `There is no ${what} at ${place}`, `Check ${option}.`, cause)
}

export function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file)
  return relative !== '' && !/^\.\.([/\\]|$)/.test(relative) && !path.isAbsolute(relative)
}
