import type { Command } from 'commander'
import { installationBanKinds } from '@assay/protocol'
import type { Ban } from '@assay/protocol/schemas'
import { byAge, endOf, example, span, type Action } from '../command-line/arguments.ts'
import { confirm, withConfirmation, type ConfirmOptions } from '../command-line/confirm.ts'
import type { Context } from '../command-line/context.ts'
import { fields, table } from '../terminal/output.ts'
import { checkInstallation, withInstallation, type InstallationOptions } from './installation-options.ts'

interface AddOptions extends InstallationOptions {
  app: string
  batch?: boolean
  note?: string
  /** Seconds. */
  expiresIn?: number
}

interface RemoveOptions extends ConfirmOptions {
  app: string
  kind: string
  vouchingKey: string
}

export function addBanCommands(program: Command, action: Action): void {
  const ban = program.command('ban').description('installations, and phones, that get no more tokens')
  withInstallation(
    ban
      .command('add')
      .description(
        'ban an installation: the hardware key behind it, so that it can vouch for no other installation either; without one its own key',
      )
      .requiredOption('--app <id>', 'the app')
      .option('--audience <url>', 'the API whose tokens name the installation'),
  )
    .option('--note <text>', 'why, for whoever reads the list')
    .option('--expires-in <time>', 'when it ends by itself, such as 30d or 12h; default: never', span)
    .option('--batch', 'ban the key even if thousands of devices share it: all of them')
    .addHelpText(
      'after',
      example(
        'assay ban add --app com.example.app --audience https://api.example.com --installation Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm8',
        'assay ban add --app com.example.app --key NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs --expires-in 30d',
      ),
    )
    .action(action((context, _args, options: AddOptions) => addBan(context, options)))
  ban
    .command('list')
    .description('list the bans of an app')
    .requiredOption('--app <id>', 'the app')
    .addHelpText('after', example('assay ban list --app com.example.app'))
    .action(action((context, _args, options: { app: string }) => listBans(context, options.app)))
  withConfirmation(ban.command('remove'))
    .description('lift a ban')
    .requiredOption('--app <id>', 'the app')
    .requiredOption('--kind <kind>', 'as `assay ban list` shows it')
    .requiredOption('--vouching-key <id>', 'as `assay ban list` shows it')
    .addHelpText(
      'after',
      example('assay ban remove --app com.example.app --kind android-device --vouching-key 5f1c…'),
    )
    .action(action((context, _args, options: RemoveOptions) => removeBan(context, options)))
}

const bansPath = (app: string) => `v1/apps/${encodeURIComponent(app)}/bans`

async function addBan(context: Context, { app, expiresIn, ...options }: AddOptions): Promise<void> {
  checkInstallation(options)
  const { output, service } = context
  const body = { ...options, expires_at: endOf(expiresIn, context) }
  const added = (await service.post(bansPath(app), body)) as Ban
  output.result(added, () =>
    fields([
      ['app', added.app],
      ['kind', kindInWords(added.kind)],
      ['key', added.vouching_key],
      [
        'banned',
        `until ${added.expires_at ?? 'it is lifted'}; guards with \`statusList\` that can fetch the list refuse its tokens within 30 s`,
      ],
    ]),
  )
}

async function listBans({ output, service }: Context, app: string): Promise<void> {
  const bans = byAge(await service.list<Ban>(bansPath(app), 'bans'))
  output.result(bans, () =>
    bans.length === 0
      ? `Nothing is banned at ${app}.`
      : table(
          ['KIND', 'SINCE', 'UNTIL', 'BY', 'KEY', 'NOTE'],
          bans.map((ban) => [
            ban.kind,
            ban.created_at,
            ban.expires_at ?? 'lifted',
            ban.author ?? '-',
            ban.vouching_key,
            ban.note ?? '-',
          ]),
        ),
  )
}

async function removeBan(context: Context, options: RemoveOptions): Promise<void> {
  const { output, service } = context
  const { app, kind, vouchingKey } = options
  await confirm(context, options, `Lift the ban of ${kind} ${vouchingKey} at ${app}?`)
  await service.delete(`${bansPath(app)}/${encodeURIComponent(kind)}/${encodeURIComponent(vouchingKey)}`)
  output.result(
    { app, kind, vouching_key: vouchingKey, removed: true },
    () => `Lifted: ${kind} ${vouchingKey} gets tokens again at ${app}.`,
  )
}

const isOfInstallation = (kind: string) => (Object.values(installationBanKinds) as string[]).includes(kind)

/** Schemes name their kinds; in any case an operator must know that one key is in a batch of devices. */
function kindInWords(kind: string): string {
  if (kind.endsWith('-batch')) return `${kind}: the key is in thousands of devices`
  return isOfInstallation(kind)
    ? `${kind}: no hardware vouches for it, so a new installation of the app is another one`
    : kind
}
