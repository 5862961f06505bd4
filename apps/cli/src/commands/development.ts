import type { Command } from 'commander'
import type { CreatedDevelopmentSecret, DevelopmentSecret } from '@assay/protocol/schemas'
import { byAge, example, integer, type Action } from '../command-line/arguments.ts'
import { confirm, withConfirmation, type ConfirmOptions } from '../command-line/confirm.ts'
import type { Context } from '../command-line/context.ts'
import { isUsable } from '../doctor/usable-secret.ts'
import { table } from '../terminal/output.ts'

interface AddOptions {
  app: string
  name: string
  days?: number
}

export function addDevelopmentCommands(program: Command, action: Action): void {
  const development = program
    .command('development')
    .description('secrets of persons and pipelines that give tokens for development, without appraisal')
  development
    .command('add')
    .description('make a development secret; it is shown once')
    .requiredOption('--app <id>', 'the app, which was registered with --development')
    .requiredOption('--name <name>', 'who or what uses it: a person, a pipeline')
    .option('--days <number>', 'how long it lasts, at most 90 (default: 90)', integer)
    .addHelpText(
      'after',
      example('assay development add --app com.example.app.dev --name "end-to-end tests" --days 30'),
    )
    .action(action((context, _args, options: AddOptions) => addSecret(context, options)))
  development
    .command('list')
    .description('list the development secrets: who has them, when they end, how often they were used')
    .addHelpText('after', example('assay development list'))
    .action(action(async (context) => listSecrets(context)))
  withConfirmation(development.command('revoke'))
    .description('revoke a development secret at once')
    .argument('<id>', 'what `assay development list` shows under ID, not the secret itself')
    .addHelpText('after', example('assay development revoke MunGd_tA53U6NnGb'))
    .action(action((context, [id], options: ConfirmOptions) => revokeSecret(context, id as string, options)))
}

async function addSecret({ output, service }: Context, { app, name, days }: AddOptions): Promise<void> {
  const created = (await service.post('v1/development-secrets', {
    app,
    name,
    days,
  })) as CreatedDevelopmentSecret
  output.note('This is the only time that the secret is shown. Give it to the SDK as `developmentSecret`:')
  output.result(created, () => created.secret)
}

async function listSecrets({ output, service, clock }: Context): Promise<void> {
  const secrets = byAge(await service.list<DevelopmentSecret>('v1/development-secrets', 'secrets'))
  output.result(secrets, () =>
    secrets.length === 0
      ? 'There are no development secrets. `assay development add` makes one.'
      : table(
          ['ID', 'APP', 'NAME', 'STATE', 'USES', 'LAST USED'],
          secrets.map((secret) => [
            secret.id,
            secret.app,
            secret.name,
            stateOf(secret, clock()),
            String(secret.uses),
            secret.last_used_at ?? 'never',
          ]),
        ),
  )
}

function stateOf(secret: DevelopmentSecret, now: number): string {
  if (secret.revoked_at !== null) return `revoked ${secret.revoked_at}`
  return `${isUsable(secret, now) ? 'until' : 'expired'} ${secret.expires_at}`
}

async function revokeSecret(context: Context, id: string, options: ConfirmOptions): Promise<void> {
  const { output, service } = context
  await confirm(context, options, `Revoke the development secret ${id}? Whoever uses it is refused at once.`)
  const revoked = (await service.post(
    `v1/development-secrets/${encodeURIComponent(id)}/revoke`,
    {},
  )) as DevelopmentSecret
  output.result(
    revoked,
    () => `Revoked ${id} (${revoked.name}): no more tokens; those that are out expire within 15 minutes.`,
  )
}
