import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { BackupContents } from '@assay/service'
import type { Command } from 'commander'
import { example, type Action } from '../command-line/arguments.ts'
import { confirm, withConfirmation, type ConfirmOptions } from '../command-line/confirm.ts'
import type { Context } from '../command-line/context.ts'
import { cliError, usageError } from '../faults/cli-error.ts'
import { createdFiles } from '../running/created-files.ts'
import { placesOf, withFolders, type PlaceOptions } from '../running/places.ts'
import { readSealingKey } from '../running/sealing-key-file.ts'
import { loadService } from '../running/service-start.ts'
import { bytes, fields } from '../terminal/output.ts'

interface RestoreOptions extends PlaceOptions, ConfirmOptions {
  check?: true
  keepKeys?: true
  knownHead?: string
  adminKeyFile?: string
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
  withConfirmation(withFolders(program.command('restore')))
    .description('restore a backup into an empty folder, with one new admin key in place of all API keys')
    .argument('<backup>', 'the folder that `assay backup` has made')
    .option('--check', 'only say whether the backup is whole and of a version that this one can restore')
    .option('--keep-keys', 'keep all API keys, those that were revoked after the backup included')
    .option(
      '--known-head <number:hash>',
      'an entry of the audit log, as `assay audit verify` or the log of the service showed it: an older backup is refused',
    )
    .option(
      '--admin-key-file <file>',
      'write the admin key to this file, readable by its owner only, instead of showing it; never overwrites a file',
    )
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
  const { output } = context
  const given = { sealingKey: await readSealingKey(places), knownHead: knownHeadIn(options) }
  const { checkBackup, restore } = await loadService()
  const failing = 'The backup was not restored'
  const { contents, ...found } = await reported(failing, () => checkBackup(from, given))
  const asOf = [['as of', found.created_at] as const, ['files', filesIn(found)] as const]
  if (options.check === true) {
    output.result({ backup: path.resolve(from), ...found, contents }, () =>
      fields([...asOf, ...contentsRows(contents)]),
    )
    return
  }
  if (options.yes !== true)
    output.note(`${fields([...asOf, ...contentsRows(contents)])}\n\nThey are as of ${found.created_at}.`)
  const isKept = options.keepKeys === true
  await confirm(
    context,
    options,
    `Restore this${isKept ? ', with all of its API keys' : ', and revoke all of its API keys'}?`,
  )
  const created = createdFiles()
  const keyFile = options.adminKeyFile === undefined ? undefined : path.resolve(options.adminKeyFile)
  try {
    if (keyFile !== undefined && !isKept) await created.file(keyFile, '')
    const { adminKey, revoked, ...summary } = await reported(failing, () =>
      restore(from, places.data, { ...given, keepKeys: isKept, clock: context.clock }),
    )
    if (keyFile !== undefined && adminKey !== undefined) await writeFile(keyFile, `${adminKey.secret}\n`)
    const secret = keyFile === undefined ? adminKey?.secret : undefined
    output.result(
      { data: places.data, ...summary, revoked, ...(secret === undefined ? {} : { admin_key: secret }) },
      () =>
        fields([
          ['data folder', places.data],
          ['as of', summary.created_at],
          ['files', filesIn(summary)],
          ['revoked keys', String(revoked)],
          ...(adminKey === undefined ? [] : [['admin key', keyFile ?? adminKey.secret] as const]),
        ]),
    )
  } catch (error) {
    await created.takeBack([])
    throw error
  }
  output.note(
    '\nWhat changed after the backup is not in it: ban again what was banned since, retire and revoke again, and if signing keys were withdrawn since, `assay signing-key rotate`.\nNext: assay serve',
  )
}

const filesIn = ({ files, length }: { files: number; length: number }) =>
  `${files}, ${bytes(length)}, all whole`

/** Names of a kind that are shown. */
const mostNames = 20

function contentsRows(contents: BackupContents): (readonly [string, string])[] {
  const shown = ({ number, names }: BackupContents['builds']) =>
    number === 0
      ? 'none'
      : `${number}: ${names.slice(0, mostNames).join(', ')}${number > mostNames ? ', …' : ''}`
  return [
    ['active builds', shown(contents.builds)],
    ['bans', shown(contents.bans)],
    ['secrets', shown(contents.secrets)],
    ['boot keys', shown(contents.boot_keys)],
    ['API keys', shown(contents.keys)],
    ['let through', shown(contents.allowed)],
    ...(contents.refused.number === 0
      ? []
      : [['refused', `${shown(contents.refused)}: the service did not let these through`] as const]),
  ]
}

function knownHeadIn({ knownHead }: RestoreOptions) {
  if (knownHead === undefined) return undefined
  const [, number, hash] = /^(\d{1,15}):([\w-]{43})$/.exec(knownHead) ?? []
  if (number === undefined || hash === undefined)
    throw usageError(
      'CLI_USAGE',
      '--known-head is not a number, a colon, and 43 characters',
      'Give it as `assay audit verify` printed it.',
    )
  return { number: Number(number), hash }
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
