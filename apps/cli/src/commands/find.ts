import type { Command } from 'commander'
import { longestSearch, traceInGroups } from '@assay/protocol'
import type { SearchResult } from '@assay/protocol/schemas'
import { example, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { readStandardInput } from '../command-line/standard-input.ts'
import { codesIn } from '../doctor/codes-in.ts'
import { cliError, usageError } from '../faults/cli-error.ts'
import { explanationsOf } from '../faults/explanations.ts'
import { table } from '../terminal/output.ts'

export function addFindCommand(program: Command, action: Action): void {
  program
    .command('find')
    .description('find traces, installations, builds and codes by whatever names them, with words around it')
    .argument(
      '<text...>',
      'a trace in any case and spacing, a key or name of an installation, what the app calls its user, a build, a code, or a sentence with some of them; - reads it from standard input',
    )
    .option('--app <id>', 'only in this app')
    .addHelpText(
      'after',
      example(
        'assay find h8sg zzg7 bk8j kd36 w',
        'assay find "Ada, ada@example.com, sees attestation_denied since build 4.7.1+471"',
      ),
    )
    .action(
      action((context, [words], options: FindOptions) =>
        find(context, words as unknown as readonly string[], options),
      ),
    )
}

interface FindOptions {
  app?: string
}

/** Of each kind: what it is, where, and what says more. */
type Row = readonly [what: string, of: string, next: string]

async function find(context: Context, words: readonly string[], { app }: FindOptions): Promise<void> {
  const { output, service } = context
  const given = words.join(' ')
  const text = given === '-' ? await readStandardInput(context, 'what to find') : given
  if (text.trim() === '' || text.length > longestSearch)
    throw usageError('CLI_USAGE', `The text must have 1 to ${longestSearch} characters`)
  const found = (await service.post('v1/search', { text, app })) as SearchResult
  const codes = codesIn(text, (code) => explanationsOf(code).length > 0)
  const rows = rowsOf(found, codes)
  if (rows.length === 0) throw cliError('CLI_NOTHING_FOUND', 'Nothing is kept under anything in this text')
  output.result({ ...found, codes }, () => table(['FOUND', 'OF', 'NEXT'], rows))
  if (found.installations.some((one) => one.found_by === 'reference'))
    output.note('\nThe app said this reference; nobody has verified that the user is who it says.')
  if (found.truncated)
    output.note('\nThere are more apps than one search looks through: name one with --app.')
}

function rowsOf({ traces, installations, builds }: SearchResult, codes: readonly string[]): Row[] {
  return [
    ...traces.map(({ trace, app, build, code, at }): Row => [
      `trace ${traceInGroups(trace)}`,
      `${app}, build ${build}, ${code}, ${at}`,
      `assay doctor ${trace}`,
    ]),
    ...installations.map(({ key, app, found_by: by, last_seen: at }): Row => [
      `installation ${key}`,
      `${app}, by ${by ?? 'key'}, last seen ${at}`,
      `assay installation show --app ${app} --key ${key}`,
    ]),
    ...builds.map(({ id, app, state }): Row => [
      `build ${id}`,
      `${app}, ${state}`,
      `assay build show ${id} --app ${app}`,
    ]),
    ...codes.map((code): Row => [`code ${code}`, '', `assay explain ${code}`]),
  ]
}
