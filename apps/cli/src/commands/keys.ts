import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { Option, type Command } from 'commander'
import { apiKeyScopes } from '@assay/protocol'
import type { ApiKey, CreatedApiKey, ListedApiKey, RemovedKey } from '@assay/protocol/schemas'
import { byAge, endOf, example, spanOrNever, type Action } from '../command-line/arguments.ts'
import { confirm, withConfirmation, type ConfirmOptions } from '../command-line/confirm.ts'
import type { Context } from '../command-line/context.ts'
import { readTextFile } from '../command-line/input-file.ts'
import { usageError } from '../faults/cli-error.ts'
import { table } from '../terminal/output.ts'

interface AddOptions {
  name: string
  scope?: string
  app?: string[]
  letThrough?: true
  provenance?: true
  publicKey?: string
  /** Seconds. */
  expiresIn: number | 'never'
}

interface RemoveOptions extends ConfirmOptions {
  withWhatItLetThrough?: true
}

export function addKeyCommands(program: Command, action: Action): void {
  const key = program.command('key').description('API keys of operators, support and release pipelines')
  key
    .command('add')
    .description('make an API key; it is shown once')
    .requiredOption('--name <name>', 'who or what uses it')
    .addOption(
      new Option(
        '--scope <scope>',
        'admin may do everything; read looks; policy also changes policies and the allow list; support looks at installations and refusals of the named apps, bans and forgets; registration adds builds of the named apps',
      ).choices(apiKeyScopes.filter((scope) => scope !== 'provenance')),
    )
    .addOption(
      new Option('--expires-in <time>', 'when it ends by itself, such as 90d or 12h, or never')
        .argParser(spanOrNever)
        .default(365 * 86_400, 'a year'),
    )
    .option('--app <id...>', 'for support, registration and provenance: the apps')
    .option(
      '--let-through',
      'for support: the key may let through, for a day, an installation that a policy refused',
    )
    .option(
      '--provenance',
      'in place of a scope: a pair of keys, with which a pipeline signs what it builds; the private one is shown once',
    )
    .option(
      '--public-key <file>',
      'with --provenance: the public key, P-256 or Ed25519 in PEM, of a pair that you have already',
    )
    .addHelpText(
      'after',
      example(
        'assay key add --name "release pipeline" --scope registration --app com.example.app',
        'assay key add --name "support desk" --scope support --app com.example.app --let-through',
        'assay key add --name "web pipeline" --provenance --app com.example.web > pipeline.pem',
      ),
    )
    .action(action((context, _args, options: AddOptions) => addKey(context, options)))
  key
    .command('list')
    .description('list the API keys, without their secrets')
    .addHelpText('after', example('assay key list'))
    .action(action(async (context) => listKeys(context)))
  withConfirmation(key.command('remove'))
    .description('revoke an API key at once')
    .argument('<id>', 'what `assay key list` shows under ID, not the key itself')
    .option('--with-what-it-let-through', 'end also what the key has put on allow lists')
    .addHelpText(
      'after',
      example(
        'assay key remove MunGd_tA53U6NnGb',
        'assay key remove MunGd_tA53U6NnGb --with-what-it-let-through',
      ),
    )
    .action(action((context, [id], options: RemoveOptions) => removeKey(context, id as string, options)))
}

async function addKey(context: Context, options: AddOptions): Promise<void> {
  const { output, service } = context
  if ((options.scope === undefined) === (options.provenance === undefined))
    throw usageError('CLI_USAGE', 'A key has a --scope, or is for --provenance', 'Give one of the two.')
  if (options.provenance === true) return addProvenanceKey(context, options)
  const created = (await service.post('v1/keys', {
    name: options.name,
    scope: options.scope,
    apps: options.app,
    let_through: options.letThrough,
    expires_at: endOfKey(options, context),
  })) as CreatedApiKey
  output.note('This is the only time that the key is shown:')
  output.result(created, () => created.secret)
}

function endOfKey({ expiresIn }: AddOptions, context: Context): string | undefined {
  return expiresIn === 'never' ? undefined : endOf(expiresIn, context)
}

const pair = {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
} as const

/** A private key that is made here never leaves this machine. */
async function addProvenanceKey(context: Context, options: AddOptions): Promise<void> {
  const { output, service } = context
  const { name, app, publicKey } = options
  const made = publicKey === undefined ? generateKeyPairSync('ec', pair) : undefined
  const pem = made?.publicKey ?? (await readTextFile(context, publicKey as string, 'a public key in PEM'))
  const { kty, crv, x, y } = readPublicKey(pem, publicKey).export({ format: 'jwk' })
  const jwk = kty === 'EC' ? { kty, crv, x, y } : { kty, crv, x }
  const created = (await service.post('v1/keys', {
    name,
    scope: 'provenance',
    apps: app,
    public_key: jwk,
    expires_at: endOfKey(options, context),
  })) as ApiKey
  if (made === undefined) {
    output.result(created, () => `Registered ${created.id}: what it signs vouches for builds.`)
    return
  }
  output.note('This is the only time that the private key is shown:')
  output.result({ ...created, private_key: made.privateKey }, () => made.privateKey.trimEnd())
}

/** @throws CliError, which quotes nothing of the file */
function readPublicKey(pem: string, file = 'the pair'): KeyObject {
  try {
    return createPublicKey(pem)
  } catch (cause) {
    throw usageError('CLI_PROVENANCE_KEY', `${file} holds no public key in PEM`, 'P-256 or Ed25519.', cause)
  }
}

async function listKeys({ output, service }: Context): Promise<void> {
  const keys = byAge(await service.list<ListedApiKey>('v1/keys', 'keys'))
  output.result(keys, () =>
    table(
      ['ID', 'NAME', 'SCOPE', 'APPS', 'CREATED', 'EXPIRES', 'LAST USED'],
      keys.map((key) => [
        key.id,
        key.name,
        scopeInWords(key),
        key.apps.join(' ') || '-',
        key.created_at,
        key.expires_at ?? 'never',
        key.last_used_at ?? 'never',
      ]),
    ),
  )
}

function scopeInWords({ scope, let_through: letThrough, refused }: ListedApiKey): string {
  const whole = letThrough ? `${scope}, lets through` : scope
  return refused ? `${whole} (refused: the service did not write it)` : whole
}

/** Let-throughs of the key outlive it, unless this command ends them with it. */
async function removeKey(context: Context, id: string, options: RemoveOptions): Promise<void> {
  const { output, service } = context
  const isEnded = options.withWhatItLetThrough === true
  await confirm(
    context,
    options,
    `Revoke the key ${id}${isEnded ? ', and end what it let through' : ''}? Whoever uses it is refused at once.`,
  )
  const query = isEnded ? '?with_what_it_let_through=true' : ''
  const answer = (await service.delete(`v1/keys/${encodeURIComponent(id)}${query}`)) as RemovedKey | undefined
  const { let_through: entries, ended } = answer ?? { let_through: [], ended: isEnded }
  output.result({ removed: id, let_through: entries, ended }, () =>
    entries.length === 0
      ? `Removed ${id}: the key no longer works.`
      : `Removed ${id}: the key no longer works. ${ended ? 'Ended with it:' : 'It has let these through, which goes on:'}\n\n${table(
          ['APP', 'API', 'INSTALLATION', 'UNTIL', 'NOTE'],
          entries.map((one) => [one.app, one.audience, one.installation, one.expires_at, one.note ?? '-']),
        )}`,
  )
  if (entries.length > 0 && !ended) output.note(`\nNext: assay key remove ${id} --with-what-it-let-through`)
}
