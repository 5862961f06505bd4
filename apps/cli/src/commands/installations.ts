import { InvalidArgumentError, Option, type Command } from 'commander'
import { longestLetThrough } from '@assay/protocol'
import type { AllowEntry, Forgotten, Installation, ListedInstallation } from '@assay/protocol/schemas'
import { endOf, example, span, type Action } from '../command-line/arguments.ts'
import { confirm, withConfirmation, type ConfirmOptions } from '../command-line/confirm.ts'
import type { Context } from '../command-line/context.ts'
import { usageError } from '../faults/cli-error.ts'
import { explanationOf } from '../faults/explanations.ts'
import { fields, table } from '../terminal/output.ts'
import { noHelp } from './allow.ts'
import { saidInWords, vouchedInWords } from './device-in-words.ts'
import { readTrace } from './doctor-trace.ts'

/** How an operator names an installation: by one of four. */
interface NameOptions {
  app?: string
  api?: string
  key?: string
  trace?: string
  reference?: string
}

interface LetThroughOptions extends NameOptions {
  audience: string
  note?: string
  /** Seconds. */
  expiresIn: number
}

export function addInstallationCommands(program: Command, action: Action): void {
  const installation = program
    .command('installation')
    .description('the device behind a refusal: what is known of it, and what is done with it')
  withReference(withName(installation.command('list')))
    .description(
      'list the installations that have a name or a reference, or all of an app whose evidence is remembered',
    )
    .addHelpText(
      'after',
      example(
        'assay installation list --trace H8SGZZG7BK8JKD36W',
        'assay installation list --app com.example.app --reference user-4711',
      ),
    )
    .action(action((context, [name], options: NameOptions) => listInstallations(context, name, options)))
  withReference(withName(installation.command('show')))
    .description('show what is known of an installation, and its history')
    .addHelpText(
      'after',
      example(
        'assay installation show --trace H8SGZZG7BK8JKD36W',
        'assay installation show --app com.example.app --api https://api.example.com Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm8',
      ),
    )
    .action(action((context, [name], options: NameOptions) => showInstallation(context, name, options)))
  withName(installation.command('let-through'))
    .description('let it through at one API for a day at most, where the policy refused it')
    .requiredOption('--audience <url>', 'the API that is to serve it')
    .option('--note <text>', 'why, such as the number of the ticket')
    .addOption(
      new Option('--expires-in <time>', 'when it ends, at most 24h')
        .argParser(spanOfLetThrough)
        .default(longestLetThrough, '24h'),
    )
    .addHelpText(
      'after',
      `${example(
        'assay installation let-through --trace H8SGZZG7BK8JKD36W --audience https://api.example.com --note "ticket 4711"',
      )}

Changed code, evidence that does not hold and banned devices are still refused. Guards let it through only with \`allowListed: true\`.`,
    )
    .action(action((context, [name], options: LetThroughOptions) => letThrough(context, name, options)))
  withConfirmation(withName(installation.command('forget')))
    .description('forget an installation on request; bans and limits of the hardware key behind it stay')
    .addHelpText('after', example('assay installation forget --trace H8SGZZG7BK8JKD36W'))
    .action(
      action((context, [name], options: NameOptions & ConfirmOptions) =>
        forgetInstallation(context, name, options),
      ),
    )
}

/** Seconds. */
function spanOfLetThrough(text: string): number {
  const seconds = span(text)
  if (seconds > longestLetThrough) throw new InvalidArgumentError('Must be at most 24h.')
  return seconds
}

function withName(command: Command): Command {
  return command
    .argument('[name]', 'with --api: claim `installation` of its tokens')
    .option('--app <id>', 'the app; not needed with --trace, which says which')
    .option('--api <url>', 'the API whose tokens have the name')
    .option('--key <thumbprint>', 'or its key: `jkt` of `req.assay`')
    .option('--trace <id>', 'or a refusal of it')
}

/** A reference finds, and decides nothing: no command that changes something takes one. */
function withReference(command: Command): Command {
  return command.option('--reference <text>', 'or what the app calls its user, which nobody has verified')
}

const pathOf = (app: string) => `v1/apps/${encodeURIComponent(app)}/installations`

/** @throws CliError `CLI_USAGE` unless it is named in exactly one way */
async function query(context: Context, name: string | undefined, options: NameOptions) {
  const { api, key, trace, reference } = options
  const ways = [name, key, trace, reference].filter((one) => one !== undefined)
  if (ways.length !== 1 || (name === undefined) !== (api === undefined)) throw unnamed()
  if (trace !== undefined) {
    const { app, key: ofTrace } = await readTrace(context.service, trace)
    if (ofTrace === null)
      throw usageError(
        'CLI_USAGE',
        'The trace names no installation',
        'Whoever sent this proved possession of no key: there is no device that could be named.',
      )
    return { app, body: { trace: trace.trim() } }
  }
  if (options.app === undefined) throw unnamed()
  const body = name === undefined ? { key, reference } : { audience: api, installation: name }
  return { app: options.app, body }
}

const unnamed = () =>
  usageError(
    'CLI_USAGE',
    'Say which installation',
    'Give --trace; or --app with --key, or with --api and the name that its tokens have. `list` and `show` also take --reference.',
  )

async function find(
  context: Context,
  name: string | undefined,
  options: NameOptions,
): Promise<ListedInstallation[]> {
  const { app, body } = await query(context, name, options)
  const answer = await context.service.post(`${pathOf(app)}/find`, body)
  return (answer as { installations: ListedInstallation[] }).installations
}

/** @throws CliError `CLI_USAGE` if the app gave one reference for several */
async function findOne(context: Context, name: string | undefined, options: NameOptions) {
  const [found, ...others] = await find(context, name, options)
  if (found === undefined || others.length > 0)
    throw usageError(
      'CLI_USAGE',
      'Several installations have this reference',
      'Choose one by its key: `assay installation list --app APP --reference TEXT`, then --key.',
    )
  return found
}

async function listInstallations(
  context: Context,
  name: string | undefined,
  options: NameOptions,
): Promise<void> {
  const { output, service } = context
  const { app, api, key, trace, reference } = options
  const isAll = app !== undefined && [name, api, key, trace, reference].every((one) => one === undefined)
  const found = isAll
    ? await service.list<ListedInstallation>(pathOf(app), 'installations')
    : await find(context, name, options)
  output.result(found, () =>
    found.length === 0
      ? 'No installation is remembered.'
      : table(
          ['APP', 'KEY', 'FIRST SEEN', 'LAST SEEN', 'KNOWN BY'],
          found.map((one) => [
            one.app,
            one.key,
            one.first_seen,
            one.last_seen,
            one.remembered ? 'evidence' : 'traces',
          ]),
        ),
  )
  if (found.some((one) => one.found_by === 'reference'))
    output.note('\nThe app said this reference; nobody has verified that the user is who it says.')
}

async function showInstallation(
  context: Context,
  name: string | undefined,
  options: NameOptions,
): Promise<void> {
  const { output, service } = context
  const { app, key } = await findOne(context, name, options)
  const shown = (await service.get(`${pathOf(app)}/${key}`)) as Installation
  output.result(shown, () => fields(linesOf(shown)))
  const [possible] = shown.let_through.filter(({ obstacle }) => obstacle === null)
  if (possible === undefined) return
  output.note(
    `\nNext: assay installation let-through --trace ${possible.trace} --audience ${possible.audience}`,
  )
  if (!possible.allow_listed) output.note(noHelp(possible.audience))
}

function linesOf(shown: Installation): (readonly [string, string])[] {
  const { device, bans, allowed, refusals } = shown
  return [
    ['app', shown.app],
    ['key', shown.key],
    ...shown.names.map(({ audience, installation }) => ['name', `${installation} at ${audience}`] as const),
    ['platform', device.platform],
    ['vouched for', vouchedInWords(device.vouched)],
    ['only said', saidInWords(device.said)],
    ['evidence', shown.evidence.map(({ format }) => format).join(', ') || 'none is remembered'],
    ...(shown.vouching_key === null
      ? []
      : [['vouching key', `${shown.vouching_key.kind} ${shown.vouching_key.id}`] as const]),
    ...shown.other_keys.map(({ key, last_seen: at }) => ['other key', `${key}, last seen ${at}`] as const),
    ['first seen', shown.first_seen],
    ['last seen', shown.last_seen],
    ['builds', shown.builds.join(', ') || 'none is known'],
    ...refusals
      .slice(0, mostLines)
      .map(({ day, code, times }) => [day, `${times} × ${code}: ${explanationOf(code).meaning}`] as const),
    ...bans.map(
      ({ kind, expires_at: end, note }) =>
        ['banned', `${kind}, until ${end ?? 'lifted'}; ${note ?? '-'}`] as const,
    ),
    ...allowed.map(
      ({ audience, expires_at: end, tier }) =>
        [
          'let through',
          `at ${audience} until ${end}${tier === null ? '' : `, by support, as ${tier}`}`,
        ] as const,
    ),
    ...(shown.reference_said_at === null
      ? []
      : [['reference', `the app gave one on ${shown.reference_said_at}; unverified`] as const]),
  ]
}

/** Lines of refusals that a person reads. */
const mostLines = 20

async function letThrough(
  context: Context,
  name: string | undefined,
  { expiresIn, audience, note, ...options }: LetThroughOptions,
): Promise<void> {
  const { output, service } = context
  const { app, key } = await findOne(context, name, options)
  const { let_through: possible } = (await service.get(`${pathOf(app)}/${key}`)) as Installation
  const refusal = possible.find((one) => one.audience === audience)
  if (refusal !== undefined && !refusal.allow_listed) output.note(noHelp(audience))
  const trace = options.trace?.trim() ?? refusal?.trace
  if (trace === undefined) throw notRefused()
  const body = { audience, trace, note, expires_at: endOf(expiresIn, context) }
  const added = (await service.post(`${pathOf(app)}/${key}/let-through`, body)) as AllowEntry
  output.result(added, () =>
    fields([
      ['app', added.app],
      ['API', added.audience],
      ['installation', added.installation],
      [
        'let through',
        `until ${added.expires_at}, as ${added.tier ?? 'any tier'}, at guards with \`allowListed: true\``,
      ],
      ...(refusal?.allow_listed === false ? [['helps', 'no: its guards refuse it'] as const] : []),
    ]),
  )
}

const notRefused = () =>
  usageError(
    'CLI_USAGE',
    'The policy of this API has not refused it within a day',
    'What refused it is in `assay installation show`: a measurement, evidence or a ban lets nobody through.',
  )

async function forgetInstallation(
  context: Context,
  name: string | undefined,
  options: NameOptions & ConfirmOptions,
): Promise<void> {
  const { output, service } = context
  const { app, key } = await findOne(context, name, options)
  await confirm(context, options, `Forget the installation ${key} at ${app}? It has to enrol again.`)
  const done = (await service.delete(`${pathOf(app)}/${key}`)) as Forgotten
  output.result({ app, key, ...done }, () => {
    const { removed, remain } = done
    const evidence = removed.installations === 0 ? 'no remembered evidence' : 'its evidence'
    const allowed = counted(removed.allowed, 'entry', 'entries')
    return [
      `Forgotten: ${counted(removed.traces, 'trace')}, ${evidence}, ${allowed} of the allow list.`,
      `What remains: ${counted(remain.bans, 'ban')}, limits of the hardware key behind it, counts, and the entries of the audit log.`,
    ].join('\n')
  })
}

const counted = (count: number, one: string, several = `${one}s`) => `${count} ${count === 1 ? one : several}`
