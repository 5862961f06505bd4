import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { Command } from 'commander'
import { largestBootKeyList, policyIdPattern, sha256HexPattern } from '@assay/protocol'
import type { BootKeysChange, BootKeySet, BootKeysInput } from '@assay/protocol/schemas'
import { example, type Action } from '../command-line/arguments.ts'
import { confirm, withConfirmation, type ConfirmOptions } from '../command-line/confirm.ts'
import type { Context } from '../command-line/context.ts'
import { cliError, fileUnreadable, usageError } from '../faults/cli-error.ts'
import { bytes, fields, table } from '../terminal/output.ts'

interface UpdateOptions {
  sha256: string
  system: string
  source: string
  older?: boolean
  dryRun?: boolean
}

const systemHelp = 'its name, as `assay boot-keys list` shows it'

export function addBootKeyCommands(program: Command, action: Action): void {
  const bootKeys = program
    .command('boot-keys')
    .description("boot keys of systems that phones' makers did not sign, for policies such as no-google")
  bootKeys
    .command('list')
    .description('list the systems whose boot keys were given')
    .addHelpText('after', example('assay boot-keys list'))
    .action(action(async (context) => listSystems(context)))
  bootKeys
    .command('show')
    .description('show the boot keys of a system')
    .argument('<system>', systemHelp)
    .addHelpText('after', example('assay boot-keys show grapheneos'))
    .action(action(async (context, [system]) => showSystem(context, system as string)))
  bootKeys
    .command('update')
    .description('replace the boot keys of a system by those of a list that its maker published')
    .argument('<file>', 'the list, as it was published: JSON with `verifiedBootKeys` and `timestamp`')
    .requiredOption('--sha256 <hex>', 'SHA-256 of the file, from where nobody can change both together')
    .requiredOption('--system <name>', 'what you call the system: lower-case letters, digits and -')
    .requiredOption(
      '--source <url>',
      'where the list was published, for people; nothing is fetched from there',
    )
    .option('--older', 'also a list that was published before the one that is there')
    .option('--dry-run', 'say what would change, and change nothing')
    .addHelpText(
      'after',
      `${example(
        'assay boot-keys update grapheneos-2026-04-20.json --system grapheneos --source https://grapheneos.org/attestation.json --sha256 c76c7b6c3aab461d0b4685bbf0460f08db8cd272630d7e2b8796053e87f6ebda',
      )}

Whoever holds such a key signs systems that these policies let in. Needs an admin key.`,
    )
    .action(
      action((context, [file], options: UpdateOptions) => updateSystem(context, file as string, options)),
    )
  withConfirmation(bootKeys.command('remove'))
    .description('remove the boot keys of a system')
    .argument('<system>', systemHelp)
    .addHelpText('after', example('assay boot-keys remove grapheneos'))
    .action(
      action((context, [system], options: ConfirmOptions) =>
        removeSystem(context, system as string, options),
      ),
    )
}

const pathOf = (system: string) => `v1/boot-keys/${encodeURIComponent(system)}`

async function listSystems({ output, service }: Context): Promise<void> {
  const sets = await service.list<BootKeySet>('v1/boot-keys', 'sets')
  output.result(sets, () =>
    sets.length === 0
      ? "No boot keys were given: no-google lets in only systems of the phones' makers."
      : table(
          ['SYSTEM', 'KEYS', 'PUBLISHED', 'GIVEN', 'SOURCE'],
          sets.map(({ system, keys, published_at: published, given_at: given, source }) => [
            system,
            String(keys.length),
            published,
            given,
            source,
          ]),
        ),
  )
}

async function showSystem({ output, service }: Context, system: string): Promise<void> {
  const set = (await service.get(pathOf(system))) as BootKeySet
  output.result(set, () =>
    [
      fields([
        ['system', set.system],
        ['source', set.source],
        ['SHA-256', set.sha256],
        ['published', set.published_at],
        ['given', set.given_at],
        ['keys', String(set.keys.length)],
      ]),
      ...set.keys.map((key) => `  ${key}`),
    ].join('\n'),
  )
}

async function updateSystem(context: Context, file: string, options: UpdateOptions): Promise<void> {
  const { output, service } = context
  const body = await bodyOf(file, options)
  const change = (await service.put(pathOf(options.system), body)) as BootKeysChange
  output.result(change, () => changeInWords(change))
  const isFirst = change.added.length === change.keys.length
  if (isFirst && !change.dry_run) output.note('\nNext: assay app update APP --policy no-google')
}

async function bodyOf(file: string, options: UpdateOptions): Promise<BootKeysInput> {
  const { system, source, older, dryRun } = options
  const sha256 = options.sha256.toLowerCase()
  if (!policyIdPattern.test(system))
    throw usageError(
      'CLI_USAGE',
      'This is not the name of a system',
      'Up to 64 lower-case letters, digits and -, such as grapheneos.',
    )
  if (!isHttps(source))
    throw usageError(
      'CLI_USAGE',
      'This is not an https URL',
      '--source takes where the list was published, such as https://grapheneos.org/attestation.json.',
    )
  if (!sha256HexPattern.test(sha256))
    throw usageError('CLI_USAGE', 'This is no SHA-256', '--sha256 takes 64 hex digits.')
  const content = await contentOf(file)
  const found = createHash('sha256').update(content).digest('hex')
  if (found !== sha256)
    throw cliError(
      'CLI_BOOT_KEYS_DIGEST',
      `${file} has the SHA-256 ${found}, not ${sha256}: nothing was sent`,
    )
  return {
    file: content.toString('base64'),
    ...{ sha256, source },
    ...(older === true ? { older } : {}),
    ...(dryRun === true ? { dry_run: dryRun } : {}),
  }
}

function isHttps(source: string): boolean {
  return URL.canParse(source) && new URL(source).protocol === 'https:'
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file)
    if (size <= largestBootKeyList) return await readFile(file)
    throw usageError(
      'CLI_USAGE',
      `${file} has ${bytes(size)}: no list of boot keys has more than ${bytes(largestBootKeyList)}`,
      'Name the file that the maker of the system publishes.',
    )
  } catch (cause) {
    throw cause instanceof Error && 'exitCode' in cause ? cause : fileUnreadable(file, cause)
  }
}

function changeInWords({ system, keys, published_at: published, added, removed, ...rest }: BootKeysChange) {
  const done = rest.dry_run ? 'Would be stored' : 'Stored'
  return [
    `${done} for ${system}: ${keys.length === 1 ? '1 key' : `${keys.length} keys`}, published ${published}; ${added.length} added, ${removed.length} removed.`,
    ...removed.map((key) => `- ${key}`),
    ...added.map((key) => `+ ${key}`),
  ].join('\n')
}

async function removeSystem(context: Context, system: string, options: ConfirmOptions): Promise<void> {
  const { output, service } = context
  await confirm(
    context,
    options,
    `Remove the boot keys of ${system}? Policies such as no-google refuse phones with that system from then on, at their next refresh.`,
  )
  await service.delete(pathOf(system))
  output.result({ system, removed: true }, () => `Removed the boot keys of ${system}.`)
}
