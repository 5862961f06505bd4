import type { Command } from 'commander'
import type { JsonObject } from '@assay/protocol'
import type { App } from '@assay/protocol/schemas'
import { example, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { readJsonFile } from '../command-line/input-file.ts'
import { usageError } from '../faults/cli-error.ts'
import { printable } from '../terminal/terminal.ts'

const evidenceFile = 'a JSON object with the kinds of evidence that the app may send'

/** For help. */
export const evidenceNote = `
\`assay app evidence\` shows the kinds of evidence that the service takes, each with settings to start from. A file for
--evidence is an object with those that the app sends. The service checks it, and says what is wrong where.`

/** The settings in the file of `--evidence`. @throws CliError if it holds no JSON object */
export async function readEvidence(context: Context, file: string): Promise<JsonObject> {
  const value = await readJsonFile(context, file, evidenceFile)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw usageError(
      'CLI_USAGE',
      'The evidence settings are not a JSON object',
      '`assay app evidence` shows some to start from.',
    )
  }
  return value
}

/** One line for each kind of platform evidence: its name, and its settings at the service. */
export function evidenceInWords({
  evidence,
  optional_evidence: optional,
}: Pick<App, 'evidence' | 'optional_evidence'>): string[] {
  return Object.entries(evidence).map(
    ([name, settings]) =>
      `${name} ${JSON.stringify(settings)}${optional.includes(name) ? ' (optional)' : ''}`,
  )
}

export function addEvidenceCommands(app: Command, action: Action): void {
  app
    .command('evidence')
    .description('show the kinds of evidence that apps may send, and settings to start from')
    .addHelpText('after', example('assay app evidence', 'assay app evidence --json'))
    .action(action((context) => showKinds(context)))
  app
    .command('secret')
    .description('give the service a secret of an app that a kind of evidence needs; it is sealed')
    .argument('<id>', 'app id')
    .argument('<name>', 'name of the secret, as `assay app evidence` has it')
    .argument('<file>', 'JSON file that holds it, or - for standard input')
    .addHelpText(
      'after',
      `${example(
        'assay app secret com.example.app NAME secret.json && shred -u secret.json',
        'pass show example | assay app secret com.example.app NAME -',
      )}

The service seals it, and never shows it again; to change it, give a new one.`,
    )
    .action(
      action((context, [id, name, file]) => putSecret(context, id as string, name as string, file as string)),
    )
}

/** A kind of evidence, as the service describes it. */
interface EvidenceKind {
  name: string
  platform: string
  form: object
  example: unknown
  secret: { name: string; form: object } | null
}

async function showKinds({ output, service }: Context): Promise<void> {
  const kinds = await service.list<EvidenceKind>('v1/evidence', 'evidence')
  output.result(kinds, () =>
    kinds
      .map(({ name, platform, example: settings, secret }) =>
        [
          `${output.colours.bold(printable(name))} (${printable(platform)})`,
          `  ${printable(JSON.stringify({ [name]: settings }))}`,
          ...(secret === null ? [] : [`  secret: ${printable(secret.name)}`]),
        ].join('\n'),
      )
      .join('\n'),
  )
}

async function putSecret(context: Context, id: string, name: string, file: string): Promise<void> {
  const secret = await readJsonFile(context, file, 'the secret as a JSON object')
  await context.service.put(`v1/apps/${encodeURIComponent(id)}/${encodeURIComponent(name)}`, secret)
  context.output.result(
    { app: id, secret: name },
    () => `The secret ${name} of ${id} is stored, sealed. Remove every other copy of it.`,
  )
}
