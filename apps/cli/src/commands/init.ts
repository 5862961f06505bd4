import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Command } from 'commander'
import type { CreatedApiKey } from '@assay/protocol/schemas'
import { example, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { usageError } from '../faults/cli-error.ts'
import { createdFiles, type CreatedFiles } from '../running/created-files.ts'
import { ignoreInGit } from '../running/git-ignore.ts'
import {
  isInside,
  notEmpty,
  placesOf,
  withPlaces,
  type PlaceOptions,
  type Places,
} from '../running/places.ts'
import { makeSealingKey, readSealingKey, restoreKeyFile } from '../running/sealing-key-file.ts'
import { loadService, startCodeOf, started, storageOf } from '../running/service-start.ts'
import { fields } from '../terminal/output.ts'

interface InitOptions extends PlaceOptions {
  adminKeyFile?: string
  newAdminKey?: boolean
}

export function addInitCommand(program: Command, action: Action): void {
  withPlaces(program.command('init'))
    .description('make the data folder and the sealing key, and show the first admin key once')
    .option(
      '--admin-key-file <file>',
      'write the admin key to this file, readable by its owner only, instead of showing it; never overwrites a file',
    )
    .option(
      '--new-admin-key',
      'make another admin key when all are lost; needs the data folder, the sealing key, and a stopped service',
    )
    .addHelpText(
      'after',
      example(
        'assay init --data ./assay-data --sealing-key-file ./assay-sealing.key',
        'assay init --admin-key-file ./assay-admin.key',
        'assay init --new-admin-key',
      ),
    )
    .action(action((context, _args, options: InitOptions) => initialise(context, options)))
}

/** @throws CliError, after removing what it has created */
export async function initialise(context: Context, options: InitOptions): Promise<void> {
  const places = placesOf(context, options)
  if (isInside(places.data, places.sealingKeyFile)) {
    throw usageError(
      'CLI_KEY_FILE',
      'The sealing key file is inside the data folder',
      'Anyone who copies the folder would have the key: keep it elsewhere.',
    )
  }
  notEmpty('--admin-key-file', options.adminKeyFile)
  const keyFile = options.adminKeyFile === undefined ? undefined : path.resolve(options.adminKeyFile)
  const created = createdFiles()
  try {
    if (keyFile !== undefined) await created.file(keyFile, '')
    const key = await (options.newAdminKey === true
      ? anotherAdminKey(places)
      : firstAdminKey(places, created))
    if (keyFile !== undefined) await writeFile(keyFile, `${key.secret}\n`)
    show(context, options, places, key, keyFile)
    await keepFromGit(context, [
      places.data,
      places.sealingKeyFile,
      ...(keyFile === undefined ? [] : [keyFile]),
    ])
  } catch (error) {
    await created.takeBack(mayBeSealed(error) ? [places.sealingKeyFile] : [])
    throw error
  }
}

async function firstAdminKey(places: Places, created: CreatedFiles): Promise<CreatedApiKey> {
  await created.folder(places.data, 0o700)
  const isNew = !existsSync(places.sealingKeyFile)
  const sealingKey = isNew ? await makeSealingKey(places, created) : await readSealingKey(places)
  const { initialise: initialiseService } = await loadService()
  try {
    const key = await started(places, () => initialiseService({ ...storageOf(places), sealingKey }))
    if (key !== undefined) return key
  } catch (error) {
    if (!isNew || startCodeOf(error) !== 'STORAGE_SEALING_KEY') throw error
    const message = `There is no sealing key at ${places.sealingKeyFile}, and this data is sealed with one`
    throw usageError('CLI_KEY_FILE', message, restoreKeyFile, error)
  }
  throw usageError(
    'CLI_EXISTS_ALREADY',
    `This ${places.postgres === undefined ? 'data folder' : 'database'} has an admin key already`,
    'Use it, or `assay key add` with it to make another. If it is lost: stop the service, then `assay init --new-admin-key`.',
  )
}

async function anotherAdminKey(places: Places): Promise<CreatedApiKey> {
  if (!existsSync(places.data)) {
    throw usageError(
      'CLI_FILE_UNREADABLE',
      `There is no data folder at ${places.data}`,
      'Name it with --data. --new-admin-key is for a data folder that was initialised before.',
    )
  }
  const sealingKey = await readSealingKey(places)
  const { addAdminKey } = await loadService()
  return started(places, () => addAdminKey({ ...storageOf(places), sealingKey }))
}

/** Whether the database may already be bound to the sealing key: then the key must stay. */
function mayBeSealed(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return code !== 'CLI_KEY_FILE' && !/^(SERVICE|STORAGE)_/.test(startCodeOf(error) ?? '')
}

function show(
  { output }: Context,
  options: InitOptions,
  places: Places,
  { secret }: CreatedApiKey,
  keyFile: string | undefined,
): void {
  if (keyFile === undefined)
    output.note('This is the only time that the admin key is shown. Give it to commands as ASSAY_API_KEY.\n')
  const { data, sealingKeyFile } = places
  const admin = keyFile === undefined ? { admin_key: secret } : { admin_key_file: keyFile }
  output.result({ data, sealing_key_file: sealingKeyFile, ...admin }, () =>
    fields([
      ['data folder', data],
      ['sealing key', `${sealingKeyFile} (back it up, apart from the data folder)`],
      ['admin key', keyFile === undefined ? secret : `${keyFile} (for --api-key-file or ASSAY_API_KEY_FILE)`],
    ]),
  )
  output.note(`\nNext: ${serveCommand(options)}`)
  if (options.newAdminKey === true)
    output.note('Then remove the keys that are lost: `assay key list`, `assay key remove ID`.')
}

/** A commit of the sealing key cannot be taken back. */
async function keepFromGit({ output }: Context, secrets: readonly string[]): Promise<void> {
  const added = await ignoreInGit(secrets).catch(() => undefined)
  if (added === undefined) output.note('Add these to .gitignore, which could not be written.')
  else if (added.length > 0)
    output.note(`Added to .gitignore: ${added.map((each) => path.basename(each)).join(', ')}`)
}

/** With the places given to this command. The address of a database may contain a password. */
function serveCommand({ data, sealingKeyFile, postgres }: PlaceOptions): string {
  const given: [string, string | undefined][] = [
    ['--data', data],
    ['--sealing-key-file', sealingKeyFile],
    ['--postgres', postgres === undefined ? undefined : 'URL'],
  ]
  const options = given.flatMap(([option, value]) => (value === undefined ? [] : [option, quoted(value)]))
  return ['assay serve', ...options].join(' ')
}

/** For a shell. */
function quoted(text: string): string {
  return /^[\w./@:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
