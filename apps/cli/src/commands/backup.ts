import path from 'node:path'
import type { Command } from 'commander'
import { example, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { cliError, usageError } from '../faults/cli-error.ts'
import { placesOf, withFolders, type PlaceOptions } from '../running/places.ts'
import { readSealingKey } from '../running/sealing-key-file.ts'
import { loadService } from '../running/service-start.ts'
import { bytes, fields } from '../terminal/output.ts'

interface RestoreOptions extends PlaceOptions {
  check?: true
}

export function addBackupCommands(program: Command, action: Action): void {
  withFolders(program.command('backup'))
    .description('copy the data folder as it is at one moment, while the service serves')
    .argument('<folder>', 'the backup: a folder that is made')
    .addHelpText(
      'after',
      `${example('assay backup /backups/assay-2026-11-27')}\n\nThe sealing key is not in it: keep a copy of that file somewhere else.`,
    )
    .action(action((context, [target], options: PlaceOptions) => backup(context, target as string, options)))
  withFolders(program.command('restore'))
    .description('restore a backup into an empty folder')
    .argument('<backup>', 'the folder that `assay backup` has made')
    .option('--check', 'only say whether the backup is whole and of a version that this one can restore')
    .addHelpText(
      'after',
      example(
        'assay restore /backups/assay-2026-11-27 --data ./assay-data',
        'assay restore /backups/assay-2026-11-27 --check',
      ),
    )
    .action(
      action((context, [from], options: RestoreOptions) => restoreBackup(context, from as string, options)),
    )
}

async function backup(context: Context, target: string, options: PlaceOptions): Promise<void> {
  const places = embedded(context, options)
  const made = path.resolve(target)
  const sealingKey = await readSealingKey(places)
  const { backUp } = await loadService()
  const summary = await reported('The backup was not made', () =>
    backUp(places.data, made, sealingKey, context.clock),
  )
  context.output.result({ backup: made, ...summary }, () =>
    fields([
      ['backup', made],
      ['as of', summary.created_at],
      ['files', `${summary.files}, ${bytes(summary.length)}, each with its SHA-256 in backup.json`],
    ]),
  )
  if (!summary.recorded)
    context.output.warn(
      'the data folder cannot be written: the metrics of the service will not know of this backup',
    )
  context.output.note(
    `\nWithout the sealing key it cannot be opened: keep a copy of ${places.sealingKeyFile}, and not beside it.`,
  )
}

async function restoreBackup(context: Context, from: string, options: RestoreOptions): Promise<void> {
  const places = embedded(context, options)
  const sealingKey = await readSealingKey(places)
  const { checkBackup, restore } = await loadService()
  const summary = await reported('The backup was not restored', () =>
    options.check === true ? checkBackup(from, sealingKey) : restore(from, places.data, sealingKey),
  )
  const files = `${summary.files}, ${bytes(summary.length)}, all whole`
  if (options.check === true) {
    context.output.result({ backup: path.resolve(from), ...summary }, () =>
      fields([
        ['as of', summary.created_at],
        ['files', files],
      ]),
    )
    return
  }
  context.output.result({ data: places.data, ...summary }, () =>
    fields([
      ['data folder', places.data],
      ['as of', summary.created_at],
      ['files', files],
    ]),
  )
  context.output.note(
    '\nWhat changed after the backup is not in it: ban again what was banned since, and if signing keys were withdrawn since, `assay signing-key rotate`.\nNext: assay serve',
  )
}

/** A server has its own tool, whose snapshot contains everything: there, builds are in the database. */
function embedded(context: Context, options: PlaceOptions) {
  const places = placesOf(context, options)
  if (places.postgres !== undefined) {
    throw usageError(
      'CLI_USAGE',
      'The data lies in PostgreSQL, which has its own backups',
      'Use `pg_dump --format=custom`, and `pg_restore`: one consistent snapshot, with the builds.',
    )
  }
  return places
}

/** @throws CliError that shows the code of storage */
async function reported<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const { code, message } = cause as { code?: unknown; message?: unknown }
    if (typeof code !== 'string' || !code.startsWith('STORAGE_')) throw cause
    const { adviceFor } = await import('../faults/explanations.ts')
    throw cliError('CLI_BACKUP', `${what}: ${String(message)} (${code})`, { hint: adviceFor(code), cause })
  }
}
